#include "migration/layout.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "migration/directive.hpp"
#include "nearest.hpp"

namespace seedbed::host {

namespace {

using Directives = std::vector<Directive>;

const std::vector<std::string> kSeedbedWords{"up", "down", "no-transaction"};
const std::vector<std::string> kDbmateWords{"up", "down"};
const std::vector<std::string> kDbmateOptions{"transaction:false", "transaction:true"};
const std::vector<std::string> kGooseWords{
    "up", "down", "statementbegin", "statementend", "no transaction", "envsub on", "envsub off"};

struct File {
  std::string_view text;
  std::string name;

  Error error_at(std::size_t offset, const std::string& message) const {
    return Error(ExitCode::usage, message).at(sql::place_at(name, text, offset));
  }
  Error error(const std::string& message) const {
    return Error(ExitCode::usage, message).at({name, 0, 0, ""});
  }
};

[[noreturn]] void throw_not_known(const File& file, std::size_t offset, const std::string& what,
                                  const std::string& word, const std::vector<std::string>& known) {
  Error error = file.error_at(offset, fmt::format("there is no {} \"{}\"", what, word));
  const std::string near = nearest(word, known);
  if (near.empty())
    error.hint(fmt::format("Known are: {}.", fmt::join(known, ", ")));
  else
    error.hint(fmt::format("Did you mean \"{}\"?", near));
  throw error;
}

void refuse_other_families(const Directives& directives, const File& file, Format format,
                           Directive::Family own) {
  for (const Directive& found : directives) {
    if (found.family == own) continue;
    if (found.family != Directive::Family::seedbed && !is_foreign(found)) continue;
    throw file
        .error_at(found.word, fmt::format("a {} directive in a file of the {} format",
                                          family_name(found.family), format_name(format)))
        .hint(fmt::format("Set format = \"{}\" under [migrations] if that tool wrote this folder; "
                          "otherwise remove the line.",
                          family_name(found.family)));
  }
}

void close_block(Layout& layout, std::size_t end) {
  if (!layout.blocks.empty()) layout.blocks.back().span.end = end;
}

void open_block(Layout& layout, const Directive& at, Direction direction, bool transactional) {
  if (layout.blocks.empty()) layout.preamble = {0, at.begin};
  close_block(layout, at.begin);
  layout.blocks.push_back({direction, {at.end, at.end}, transactional});
}

bool has_block(const Layout& layout, Direction direction) {
  return std::any_of(layout.blocks.begin(), layout.blocks.end(),
                     [direction](const Block& block) { return block.direction == direction; });
}

Layout seedbed_layout(const Directives& directives, const File& file, Format format, Direction direction) {
  // Tools that know the line have formats like these; Supabase and Flyway would see a comment.
  const bool of_sqlx = format == Format::seedbed || format == Format::plain || format == Format::golang_migrate;
  Layout layout;
  bool transactional = true;
  for (const Directive& found : directives) {
    if (found.family != Directive::Family::seedbed && !(of_sqlx && found.family == Directive::Family::sqlx)) continue;
    if (found.words == "no-transaction") {
      (layout.blocks.empty() ? transactional : layout.blocks.back().transactional) = false;
      continue;
    }
    const bool up = found.words == "up";
    if (!up && found.words != "down") {
      throw_not_known(file, found.word, "seedbed directive", found.words, kSeedbedWords);
    }
    if (direction == Direction::down) {
      throw file.error_at(
          found.word, fmt::format("\"{}\" in a file that is a down part as a whole", found.words));
    }
    if (has_block(layout, up ? Direction::up : Direction::down)) {
      throw file.error_at(found.word, fmt::format("a second \"{}\" part in one file", found.words));
    }
    open_block(layout, found, up ? Direction::up : Direction::down, transactional);
  }
  close_block(layout, file.text.size());
  if (!transactional) {
    for (Block& block : layout.blocks) block.transactional = false;
  }
  if (!has_block(layout, direction)) {
    const std::size_t end = layout.blocks.empty() ? file.text.size() : layout.preamble.end;
    layout.blocks.insert(layout.blocks.begin(), Block{direction, {0, end}, transactional});
    layout.preamble = {};
  }
  return layout;
}

bool dbmate_transaction(const Directive& directive, const File& file, std::string_view options) {
  bool transactional = true;
  while (!options.empty()) {
    const std::string option(options.substr(0, options.find(' ')));
    options.remove_prefix(std::min(option.size() + 1, options.size()));
    if (option != "transaction:false" && option != "transaction:true") {
      throw_not_known(file, directive.word, "dbmate option", option, kDbmateOptions);
    }
    transactional = option == "transaction:true";
  }
  return transactional;
}

Layout dbmate_layout(const Directives& directives, const File& file) {
  Layout layout;
  for (const Directive& found : directives) {
    if (found.family != Directive::Family::dbmate) continue;
    const std::string word = found.words.substr(0, found.words.find(' '));
    const std::string options = found.words.substr(std::min(word.size() + 1, found.words.size()));
    if (word == "up") {
      open_block(layout, found, Direction::up, dbmate_transaction(found, file, options));
      continue;
    }
    if (word != "down") throw_not_known(file, found.word, "dbmate directive", word, kDbmateWords);
    if (layout.blocks.empty() || layout.blocks.back().direction == Direction::down) {
      throw file.error_at(found.word, "a \"migrate:down\" without a \"migrate:up\" before it");
    }
    open_block(layout, found, Direction::down, dbmate_transaction(found, file, options));
  }
  close_block(layout, file.text.size());
  if (layout.blocks.empty()) {
    throw file.error("the file has no \"-- migrate:up\" line")
        .hint("A dbmate migration begins with it; statements before it do not run.");
  }
  return layout;
}

// Annotations come in an order: Up, then Down; statement blocks inside of either.
class GooseReader {
 public:
  explicit GooseReader(const File& file) : file_(file) {}

  Layout read(const Directives& directives) {
    for (const Directive& found : directives) {
      if (found.family == Directive::Family::goose) read(found);
    }
    refuse_open_statement();
    if (layout_.blocks.empty()) {
      throw file_.error("the file has no \"-- +goose Up\" line")
          .hint("A goose migration begins with it; statements before it do not run.");
    }
    close_block(layout_, file_.text.size());
    if (variables_) layout_.substituted.push_back({variables_->end, file_.text.size()});
    for (Block& block : layout_.blocks) block.transactional = transactional_;
    return std::move(layout_);
  }

 private:
  void read(const Directive& found) {
    const std::string& words = found.words;
    if (words == "up")
      open(found, Direction::up);
    else if (words == "down")
      open(found, Direction::down);
    else if (words == "statementbegin")
      begin_statement(found);
    else if (words == "statementend")
      end_statement(found);
    else if (words == "no transaction")
      transactional_ = false;
    else if (words == "envsub on") {
      if (!variables_) variables_ = &found;
    } else if (words == "envsub off")
      stop_variables(found);
    else
      throw_not_known(file_, found.word, "goose annotation", words, kGooseWords);
  }

  void open(const Directive& found, Direction direction) {
    refuse_open_statement();
    if (has_block(layout_, direction)) {
      throw file_.error_at(found.word,
                           fmt::format("a second \"{}\" annotation in one file", found.words));
    }
    if (direction == Direction::up ? !layout_.blocks.empty() : layout_.blocks.empty()) {
      throw file_.error_at(found.word, "\"Down\" before \"Up\"");
    }
    open_block(layout_, found, direction, /*transactional=*/true);
  }

  void refuse_open_statement() const {
    if (!statement_) return;
    throw file_.error_at(statement_->word, "a \"StatementBegin\" without its \"StatementEnd\"");
  }

  void begin_statement(const Directive& found) {
    if (layout_.blocks.empty())
      throw file_.error_at(found.word, "a \"StatementBegin\" before \"Up\" or \"Down\"");
    if (statement_) throw file_.error_at(found.word, "a \"StatementBegin\" inside another");
    statement_ = &found;
    layout_.statement_ends.push_back(found.begin);
  }

  void end_statement(const Directive& found) {
    if (!statement_)
      throw file_.error_at(found.word, "a \"StatementEnd\" without a \"StatementBegin\"");
    statement_ = nullptr;
    layout_.statement_ends.push_back(found.begin);
  }

  void stop_variables(const Directive& found) {
    if (variables_) layout_.substituted.push_back({variables_->end, found.begin});
    variables_ = nullptr;
  }

  const File& file_;
  Layout layout_;
  bool transactional_ = true;
  const Directive* statement_ = nullptr;
  const Directive* variables_ = nullptr;
};

}  // namespace

Layout read_layout(std::string_view text, const std::string& file, Format format,
                   Direction direction) {
  const File source{text, file};
  const Directives directives = find_directives(text);
  const Directive::Family family = format == Format::dbmate  ? Directive::Family::dbmate
                                   : format == Format::goose ? Directive::Family::goose
                                                             : Directive::Family::seedbed;
  refuse_other_families(directives, source, format, family);
  if (format == Format::dbmate) return dbmate_layout(directives, source);
  if (format == Format::goose) return GooseReader(source).read(directives);
  return seedbed_layout(directives, source, format, direction);
}

}  // namespace seedbed::host
