#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "database/sql/stream_hash.hpp"
#include "migration/directive.hpp"
#include "migration/layout.hpp"
#include "migration/migration.hpp"
#include "migration/pairing.hpp"
#include "migration/placeholder.hpp"
#include "migration/script_settings.hpp"

namespace seedbed::host {

namespace {

using Statements = std::vector<sql::Statement>;

/// A file's text with values in it.
struct Source {
  std::string shown;
  std::string original;  // empty where nothing was replaced
  Replaced replaced;
  Layout layout;

  const std::string& file_text() const { return original.empty() ? replaced.text : original; }
};

// Whatever does not run becomes blanks, so that offsets, lines and columns stay the file's.
std::string masked(const Source& source, const std::vector<Span>& spans) {
  std::string result = source.replaced.text;
  const auto position = [&](std::size_t offset) {
    return offset_in_text(source.replaced.replacements, offset);
  };
  const auto blank = [&result](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (result[i] != '\n') result[i] = ' ';
    }
  };
  std::size_t done = 0;
  for (const Span& span : spans) {
    blank(done, position(span.begin));
    done = position(span.end);
  }
  blank(done, result.size());
  for (const std::size_t end : source.layout.statement_ends) {
    const std::size_t at = position(end);
    blank(at, std::min(result.find('\n', at), result.size()));
    result[at] = ';';
  }
  return result;
}

Place moved_to_file(const Source& source, const Place& place) {
  const std::string& text = source.replaced.text;
  std::size_t line_begin = 0;
  for (std::size_t line = 1; line < place.line; ++line)
    line_begin = text.find('\n', line_begin) + 1;
  std::size_t offset = line_begin;
  for (std::size_t column = 1; column < place.column && offset < text.size(); ++offset) {
    const bool starts_next = offset + 1 >= text.size() || (text[offset + 1] & 0xC0) != 0x80;
    if (starts_next) ++column;
  }
  return sql::place_at(source.shown, source.original,
                       offset_in_file(source.replaced.replacements, offset));
}

Statements split(const Source& source, const std::vector<Span>& spans, Engine engine) {
  const bool whole = spans.size() == 1 && spans.front().begin == 0 &&
                     spans.front().end == source.file_text().size() &&
                     source.layout.statement_ends.empty();
  if (source.replaced.replacements.empty()) {
    return sql::split(whole ? source.replaced.text : masked(source, spans), engine, source.shown);
  }
  Statements statements;
  try {
    statements = sql::split(masked(source, spans), engine, source.shown);
  } catch (Error& error) {
    if (error.place().line == 0) throw;
    throw error.at(moved_to_file(source, error.place()));
  }
  for (sql::Statement& statement : statements) {
    const Place place =
        sql::place_at(source.shown, source.original,
                      offset_in_file(source.replaced.replacements, statement.offset));
    statement.line = place.line;
    statement.column = place.column;
  }
  return statements;
}

void refuse_preamble(const Source& source, Engine engine) {
  if (source.layout.preamble.end == 0) return;
  const Statements statements = split(source, {source.layout.preamble}, engine);
  if (statements.empty()) return;
  throw Error(ExitCode::usage, "a statement before the line that says what runs")
      .at(sql::place_at(source.shown, source.file_text(),
                        offset_in_file(source.replaced.replacements, statements.front().offset)))
      .hint("It would never run.  Move it below the line that begins the up part.");
}

/// Run as one, such a file would make its tables and drop them again.
void refuse_other_tools_down(const Source& source, const SqlPart& up, Format format) {
  const bool plain = format == Format::plain || format == Format::seedbed;
  if (source.layout.blocks.size() > 1) return;  // it says in our words which part is which
  const auto found = find_other_tools_down(source.file_text(), plain);
  if (!found) return;
  const auto behind = [&](const sql::Statement& statement) {
    return offset_in_file(source.replaced.replacements, statement.offset) >= found->begin;
  };
  if (std::none_of(up.statements.begin(), up.statements.end(), behind)) return;
  throw Error(ExitCode::usage, "a line that begins a down part, as only another tool reads it")
      .at(sql::place_at(source.shown, source.file_text(), found->begin))
      .detail(found->tool == "another tool" ? "The statements below it would run with those above it."
                                            : fmt::format("It is a line of {}; here the statements below it would run with those above it.", found->tool))
      .hint("Write \"-- seedbed: up\" and \"-- seedbed: down\" in place of such lines, or remove this one if all of the file is to run.");
}

// Several down blocks undo their up blocks in the opposite order.
void reverse_blocks(Statements& statements, const std::vector<Span>& spans, const Source& source) {
  const auto block_of = [&](const sql::Statement& statement) {
    const std::size_t offset = offset_in_file(source.replaced.replacements, statement.offset);
    return std::count_if(spans.begin(), spans.end(),
                         [offset](const Span& span) { return span.begin <= offset; });
  };
  std::stable_sort(statements.begin(), statements.end(),
                   [&](const auto& a, const auto& b) { return block_of(a) > block_of(b); });
}

std::optional<SqlPart> part_of(const Source& source, Direction direction, Engine engine) {
  std::vector<Span> spans;
  bool transactional = true;
  for (const Block& block : source.layout.blocks) {
    if (block.direction != direction) continue;
    spans.push_back(block.span);
    transactional = transactional && block.transactional;
  }
  if (spans.empty()) return std::nullopt;
  SqlPart part;
  part.path = source.shown;
  part.statements = split(source, spans, engine);
  if (direction == Direction::down && spans.size() > 1)
    reverse_blocks(part.statements, spans, source);
  part.transactional = transactional;
  part.text = source.replaced.text;
  part.replacements = source.replaced.replacements;
  part.original = source.original;
  return part;
}

class Reader {
 public:
  Reader(Format format, Engine engine, MigrationOptions options)
      : format_(format), engine_(engine), options_(std::move(options)) {}

  void read(Migration& migration, const MigrationFiles& files, const std::string& bytes) const {
    migration.token_hash = sql::token_hash(bytes, engine_);
    const Source source = read_source(*files.up, bytes);
    migration.up = *part_of(source, Direction::up, engine_);
    refuse_other_tools_down(source, migration.up, format_);
    migration.down = part_of(source, Direction::down, engine_);
    if (!files.down) return;
    const FolderFile& down = files.down->file;
    if (migration.down) {
      throw error_of_two(files.up->file, down,
                         fmt::format("migration \"{}\" has two down parts", migration.file));
    }
    const Source sibling = read_source(*files.down, read_bytes(down));
    migration.down = part_of(sibling, Direction::down, engine_);
  }

 private:
  Source read_source(const NamedFile& file, std::string bytes) const {
    Source source;
    source.shown = file.file.shown();
    source.layout = read_layout(bytes, source.shown, format_, file.name.direction);
    source.replaced = replace(file, bytes, source.layout);
    if (source.replaced.replacements.empty()) {
      source.replaced.text = std::move(bytes);
    } else {
      source.original = std::move(bytes);
    }
    refuse_preamble(source, engine_);
    return source;
  }

  Replaced replace(const NamedFile& file, const std::string& bytes, Layout& layout) const {
    if (format_ == Format::goose) {
      return replace_variables(bytes, file.file.shown(), layout.substituted, options_.environment);
    }
    if (format_ != Format::flyway) return {};
    const ScriptSettings settings = read_script_settings(file.file.path(), file.file.shown());
    if (!settings.transactional) {
      for (Block& block : layout.blocks) block.transactional = false;
    }
    if (!settings.replace_placeholders.value_or(options_.replace_placeholders)) return {};
    Values values = options_.placeholders;
    if (options_.built_in) values.merge(options_.built_in());
    values.emplace("flyway:filename", std::string(file.file.base()));
    // Flyway compares what it has replaced, so that there the time makes it run in each run.
    if (file.name.kind == FileName::Kind::repeatable && !options_.placeholders.contains("flyway:timestamp")) values.erase("flyway:timestamp");
    return replace_placeholders(bytes, file.file.shown(), values);
  }

  Format format_;
  Engine engine_;
  MigrationOptions options_;
};

}  // namespace

struct UnreadText {
  std::shared_ptr<const Reader> reader;
  MigrationFiles files;
};

namespace {

using Digest = std::array<unsigned char, 32>;

std::vector<Digest> hashes_of(const std::vector<MigrationFiles>& migrations) {
  std::vector<const FolderFile*> files;
  files.reserve(migrations.size());
  for (const MigrationFiles& each : migrations) files.push_back(&each.up->file);
  return sha256_of(files);
}

void fill_in(Migration& migration, const std::shared_ptr<const Reader>& reader, MigrationFiles files, const Digest& hash) {
  const NamedFile& up = *files.up;
  const bool baseline = up.name.kind == FileName::Kind::baseline;
  migration.version = (baseline ? "B" : "") + up.name.version;
  migration.name = up.name.name;
  migration.file = up.file.name;
  migration.repeatable = up.name.kind == FileName::Kind::repeatable;
  migration.sha256 = sql::hex(hash);
  migration.unread = std::make_shared<const UnreadText>(UnreadText{reader, std::move(files)});
}

}  // namespace

MigrationFolder find_migrations(const std::filesystem::path& directory,
                                std::optional<Format> format, Engine engine,
                                const std::filesystem::path& root,
                                const MigrationOptions& options) {
  Folder folder = open_folder(directory, format, root);
  const auto reader = std::make_shared<const Reader>(folder.format, engine, options);
  MigrationFolder result;
  result.format = folder.format;
  PairedFiles paired = pair_files(std::move(folder), engine);
  result.left_alone = std::move(paired.left_alone);
  result.migrations.reserve(paired.migrations.size());
  const std::vector<Digest> hashes = hashes_of(paired.migrations);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    MigrationFiles& files = paired.migrations[i];
    const bool baseline = files.up->name.kind == FileName::Kind::baseline;
    fill_in((baseline ? result.baselines : result.migrations).emplace_back(), reader, std::move(files), hashes[i]);
  }
  return result;
}

void read_text(Migration& migration) {
  if (migration.unread == nullptr) return;
  const UnreadText& text = *migration.unread;
  const FolderFile& up = text.files.up->file;
  const std::string bytes = read_bytes(up);
  if (sql::sha256(bytes) != migration.sha256) {
    throw Error(ExitCode::refused, fmt::format("migration \"{}\" was changed while it was read", migration.file))
        .at({up.shown(), 0, 0, ""})
        .hint("Run the command again.");
  }
  text.reader->read(migration, text.files, bytes);
  migration.unread.reset();
}

MigrationFolder read_migrations(const std::filesystem::path& directory,
                                std::optional<Format> format, Engine engine,
                                const std::filesystem::path& root,
                                const MigrationOptions& options) {
  MigrationFolder folder = find_migrations(directory, format, engine, root, options);
  for (Migration& migration : folder.migrations) read_text(migration);
  for (Migration& migration : folder.baselines) read_text(migration);
  return folder;
}

}  // namespace seedbed::host
