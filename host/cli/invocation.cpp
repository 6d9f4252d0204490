#include "cli/invocation.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <seedbed/abi.h>
#include <seedbed/version.h>

#include "cli/terminal.hpp"
#include "duration.hpp"
#include "log.hpp"
#include "nearest.hpp"

namespace seedbed::host::cli {

namespace {

struct RawGlobals {
  std::string format = "text", color = "auto", wait, log_file;
  bool quiet = false, help = false, version = false;
  int verbose = 0;
};

struct KnownCommand {
  const Command* command;
  CLI::App* app;
  Action action;
};

struct Parser {
  CLI::App app;
  RawGlobals raw;
  std::vector<KnownCommand> known;

  const KnownCommand* chosen() const {
    const auto found = std::find_if(known.begin(), known.end(),
                                    [](const KnownCommand& each) { return each.app->parsed(); });
    return found == known.end() ? nullptr : &*found;
  }
};

void add_globals(CLI::App& app, RawGlobals& raw, CommandLine& settings) {
  app.add_option("--config", settings.config);
  app.add_option("--env", settings.environment);
  app.add_option("--url", settings.url);
  app.add_option("--tier", settings.tier);
  app.add_option("--migrations", settings.migrations);
  app.add_option("--migrations-format", settings.migrations_format);
  // Else a repeatable option would swallow the words after its value.
  app.add_option("--seeders", settings.seeders)->allow_extra_args(false);
  app.add_option("--sql", settings.sql)->allow_extra_args(false);
  app.add_flag("--locked", settings.locked);
  app.add_option("--lock-timeout", settings.lock_timeout);
  app.add_option("--wait", raw.wait);
  app.add_option("--format", raw.format);
  app.add_option("--color", raw.color);
  app.add_option("--log-file", raw.log_file);
  app.add_flag("-q,--quiet", raw.quiet);
  app.add_flag("-v,--verbose", raw.verbose);
  app.add_flag("-h,--help", raw.help);
  app.add_flag("--version", raw.version);
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

bool has_option(const CLI::App& app, const std::string& option) {
  const std::vector<std::string> names = option_names(app);
  return std::find(names.begin(), names.end(), option) != names.end();
}

std::string did_you_mean(const std::string& word, std::span<const std::string> known) {
  const std::string name = nearest(word, known);
  return name.empty() ? "" : fmt::format("Did you mean \"{}\"?", name);
}

Error no_such_command(const std::string& word) {
  std::vector<std::string> names;
  for (const Command* command : commands()) names.emplace_back(command->name);
  Error error(ExitCode::usage, fmt::format("there is no command \"{}\"", word));
  error.hint(did_you_mean(word, names));
  if (error.hint().empty()) error.hint(fmt::format("The commands are {}.", fmt::join(names, ", ")));
  return error;
}

// An option that exists elsewhere is in the wrong place and not a wrong name.
std::string commands_with(const Parser& parser, const std::string& option) {
  std::vector<std::string> names;
  for (const KnownCommand& each : parser.known) {
    if (has_option(*each.app, option)) names.push_back(fmt::format("\"{}\"", each.command->name));
  }
  return names.empty()
             ? ""
             : fmt::format("It is an option of {}, after the command.", fmt::join(names, " and "));
}

Error no_such_option(const Parser& parser, const std::string& word) {
  const KnownCommand* const chosen = parser.chosen();
  const std::string option = word.substr(0, word.find('='));
  if (chosen != nullptr && has_option(*chosen->app, option)) {
    return Error(ExitCode::usage,
                 fmt::format("option \"{}\" of \"{}\" must stand after the command", option,
                             chosen->command->name));
  }
  const std::string command = chosen == nullptr ? "" : chosen->command->name;
  Error error(ExitCode::usage, command.empty()
                                   ? fmt::format("there is no option \"{}\"", option)
                                   : fmt::format("\"{}\" has no option \"{}\"", command, option));
  std::vector<std::string> known = option_names(parser.app);
  if (chosen != nullptr) {
    const std::vector<std::string> own = option_names(*chosen->app);
    known.insert(known.begin(), own.begin(), own.end());
  }
  std::string hint = commands_with(parser, option);
  if (hint.empty()) hint = did_you_mean(option, known);
  if (hint.empty())
    hint = fmt::format("\"seedbed {}-h\" lists the options.", command.empty() ? "" : command + ' ');
  return error.hint(hint);
}

Error unexpected(const Parser& parser) {
  const std::string word = parser.app.remaining(/*recurse=*/true).front();
  if (word.size() > 1 && word.front() == '-') return no_such_option(parser, word);
  if (parser.chosen() == nullptr) return no_such_command(word);
  return Error(ExitCode::usage, fmt::format("\"{}\" takes no argument \"{}\"",
                                            parser.chosen()->command->name, word));
}

// CLI11's own words hold the option's name, before a colon or a blank.
Error wrong_value(const Parser& parser, const std::string& words) {
  const std::size_t start = std::min(words.find("--"), words.size());
  const std::string option = words.substr(start, words.find_first_of(": ", start) - start);
  const CLI::Option* found = parser.app.get_option_no_throw(option);
  if (found == nullptr && parser.chosen() != nullptr)
    found = parser.chosen()->app->get_option_no_throw(option);
  if (found == nullptr) return Error(ExitCode::usage, words);
  if (found->get_expected_max() == 0) {
    return Error(ExitCode::usage, fmt::format("option \"{}\" takes no value", option));
  }
  return Error(ExitCode::usage, found->count() > 1
                                    ? fmt::format("option \"{}\" was given twice", option)
                                    : fmt::format("option \"{}\" needs a value", option));
}

OutputFormat parse_output_format(const std::string& text) {
  if (text == "text") return OutputFormat::text;
  if (text == "json") return OutputFormat::json;
  if (text == "markdown") return OutputFormat::markdown;
  throw Error(ExitCode::usage, fmt::format("--format: \"{}\" is not a format", text))
      .hint("The formats are text, json and markdown.");
}

void check_color(const std::string& text) {
  if (text == "auto" || text == "always" || text == "never") return;
  throw Error(ExitCode::usage, fmt::format("--color: \"{}\" is not a choice", text))
      .hint("The choices are auto, always and never.");
}

void apply(const RawGlobals& raw, Globals& globals) {
  check_color(raw.color);
  globals.look.color = wants_color(raw.color, STDOUT_FILENO);
  globals.look.error_color = wants_color(raw.color, STDERR_FILENO);
  globals.look.quiet = raw.quiet;
  globals.progress = is_terminal(STDERR_FILENO) && !is_dumb_terminal() && !raw.quiet;
  globals.look.format = parse_output_format(raw.format);
  if (!raw.wait.empty()) globals.wait = parse_duration(raw.wait, "--wait");
  if (raw.quiet && raw.verbose > 0)
    throw Error(ExitCode::usage, "\"-q\" and \"-v\" contradict each other");
}

void open_log(const RawGlobals& raw, bool color) {
  log::Options options;
  if (raw.quiet) options.terminal = log::Level::error;
  if (raw.verbose == 1) options.terminal = log::Level::info;
  if (raw.verbose > 1) options.terminal = log::Level::debug;
  options.color = color;
  if (!raw.log_file.empty()) options.file = raw.log_file;
  log::open(options);
}

Action print_help(const char* text) {
  return [text](const Globals&) {
    print_text(text);
    return ExitCode::done;
  };
}

ExitCode print_version(const Globals&) {
  print_text(fmt::format("seedbed {}, plugin ABI {}\n", SEEDBED_VERSION, SEEDBED_ABI_VERSION));
  return ExitCode::done;
}

/// The commands that may be meant.
std::vector<const Command*> named_in(std::span<const std::string> words) {
  std::vector<const Command*> named;
  std::ranges::copy_if(commands(), std::back_inserter(named),
                       [&](const Command* command) { return std::ranges::find(words, command->name) != words.end(); });
  return named;
}

void build(Parser& parser, CommandLine& settings, std::span<const Command* const> known) {
  parser.app.name("seedbed");
  parser.app.set_help_flag();
  parser.app.require_subcommand(0, 1);  // one at most: later words are a command's arguments
  add_globals(parser.app, parser.raw, settings);
  for (const Command* command : known) {
    CLI::App* const app = parser.app.add_subcommand(command->name);
    app->set_help_flag();
    app->fallthrough();
    parser.known.push_back({command, app, command->add_to(*app)});
  }
}

bool takes_value(const CLI::App& app, const std::string& option) {
  const CLI::Option* const found = app.get_option_no_throw(option);
  return found != nullptr && found->get_expected_max() > 0;
}

bool takes_value(const Parser& parser, const std::string& option) {
  return takes_value(parser.app, option) ||
         std::any_of(parser.known.begin(), parser.known.end(),
                     [&](const KnownCommand& each) { return takes_value(*each.app, option); });
}

// The options that `words` give as "--option=".  They are taken out, since CLI11 would give them
// the next word as their value.
std::vector<std::string> take_empty_options(const Parser& parser, std::vector<std::string>& words) {
  std::vector<std::string> empty;
  const auto end = std::find(words.begin(), words.end(), "--");
  const auto kept = std::remove_if(words.begin(), end, [&](const std::string& word) {
    if (!word.starts_with("--") || word.find('=') != word.size() - 1) return false;
    const std::string option = word.substr(0, word.size() - 1);
    if (!takes_value(parser, option)) return false;
    empty.push_back(option);
    return true;
  });
  words.erase(kept, end);
  return empty;
}

std::optional<Error> read_words(Parser& parser, std::vector<std::string> words) {
  try {
    std::reverse(words.begin(), words.end());
    parser.app.parse(std::move(words));
  } catch (const CLI::ExtrasError&) {
    return unexpected(parser);
  } catch (const CLI::ParseError& failure) {
    return wrong_value(parser, failure.what());
  }
  return std::nullopt;
}

std::optional<Error> read(Parser& parser, std::span<const std::string> arguments) {
  std::vector<std::string> words(arguments.begin(), arguments.end());
  const std::vector<std::string> empty = take_empty_options(parser, words);
  std::optional<Error> error = read_words(parser, std::move(words));
  if (empty.empty()) return error;
  return Error(ExitCode::usage,
               fmt::format("option \"{}\" has an empty value: nothing stands after its \"=\"",
                           empty.front()));
}

Action chosen_action(const Parser& parser) {
  const KnownCommand* const chosen = parser.chosen();
  if (parser.raw.version) return print_version;
  if (parser.raw.help) return print_help(chosen == nullptr ? kHelp : chosen->command->help);
  if (chosen != nullptr) return chosen->action;
  throw Error(ExitCode::usage, "no command was given").hint("\"seedbed -h\" lists the commands.");
}

}  // namespace

void parse(std::span<const std::string> arguments, Invocation& invocation) {
  std::optional<Parser> parser(std::in_place);
  // To get all options of all commands ready takes longer than most of them run.
  build(*parser, invocation.globals.settings, named_in(arguments));
  std::optional<Error> error = read(*parser, arguments);
  if (error) {  // which names what there is
    invocation.globals.settings = {};
    parser.emplace();
    build(*parser, invocation.globals.settings, commands());
    error = read(*parser, arguments);
  }
  invocation.globals.words.assign(arguments.begin(), arguments.end());
  // What was understood says how to print the error.
  apply(parser->raw, invocation.globals);
  if (error) throw Error(*error);
  invocation.action = chosen_action(*parser);
  open_log(parser->raw, invocation.globals.look.error_color);
}

}  // namespace seedbed::host::cli
