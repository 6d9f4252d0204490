#include <iostream>
#include <iterator>
#include <memory>

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "config/text_file.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kSplitHelp =
    R"(usage: seedbed split [options] FILE

Lists the statements of an SQL file, or of standard input if FILE is "-".
With --format json each has its byte offset, size, line, column and kind.

options:
  --count            only how many there are
  --dialect DIALECT  postgres or sqlite  [postgres]

and those of "seedbed -h"
)";

struct SplitOptions {
  std::string file;
  std::string dialect = "postgres";
  bool count = false;
};

Engine parse_dialect(const std::string& text) {
  if (text == "postgres") return Engine::postgres;
  if (text == "sqlite") return Engine::sqlite;
  throw Error(ExitCode::usage, fmt::format("--dialect: \"{}\" is not a dialect", text))
      .hint("The dialects are postgres and sqlite.");
}

std::string read(const std::string& file) {
  if (file != "-") return read_text_file(file, file).text;
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

ExitCode split(const SplitOptions& options, const Globals& globals) {
  if (options.file.empty()) {
    throw Error(ExitCode::usage, "\"split\" needs the name of a file")
        .hint("For example: seedbed split schema.sql");
  }
  const Engine dialect = parse_dialect(options.dialect);
  StatementList list;
  list.file = options.file;
  list.text = read(options.file);
  list.statements = sql::split(list.text, dialect, options.file);
  list.count_only = options.count;
  print(list, globals.look);
  return ExitCode::done;
}

Action add_split(CLI::App& app) {
  const auto options = std::make_shared<SplitOptions>();
  app.add_option("FILE", options->file);
  app.add_flag("--count", options->count);
  app.add_option("--dialect", options->dialect);
  return [options](const Globals& globals) { return split(*options, globals); };
}

}  // namespace

const Command kSplit{"split", kSplitHelp, add_split};

}  // namespace seedbed::host::cli
