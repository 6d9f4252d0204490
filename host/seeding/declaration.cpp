#include "seeding/declaration.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <seedbed/abi.h>

#include "error.hpp"
#include "nearest.hpp"
#include "toml.hpp"

namespace seedbed::host {

namespace {

bool is_snake_case(std::string_view name) {
  const auto is_word_character = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(), is_word_character);
}

std::string line_of(std::string_view text, std::size_t number) {
  std::size_t start = 0;
  for (; number > 1 && start != std::string_view::npos; --number) {
    start = text.find('\n', start);
    if (start != std::string_view::npos) ++start;
  }
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start);
  std::string_view line = text.substr(0, text.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return std::string(line);
}

class Reader {
 public:
  Reader(std::string_view toml, const std::string& file) : toml_(toml), file_(file) {}

  Declaration read();

 private:
  Error error(const toml::source_region& where, const std::string& message) const {
    return Error(ExitCode::plugin, message)
        .at({file_, where.begin.line, where.begin.column, line_of(toml_, where.begin.line)});
  }

  void check_keys(const toml::table& table, std::span<const std::string> known) const;
  std::string text(const toml::table& table, std::string_view key) const;
  std::vector<std::string> texts(const toml::table& table, std::string_view key) const;
  std::string needs(const toml::table& table) const;
  std::string choice(const toml::table& table, std::string_view key,
                     std::span<const std::string> choices) const;
  std::vector<std::string> text_or_texts(const toml::table& table, std::string_view key) const;
  std::vector<TableFile> tables(const toml::table& table) const;
  TableFile table_file(const toml::table& table) const;
  std::vector<ParameterDeclaration> parameters(const toml::table& table) const;
  ParameterDeclaration parameter(const toml::key& name, const toml::node& node) const;

  std::string_view toml_;
  const std::string& file_;
};

toml::table parse(std::string_view toml, const std::string& file) {
  try {
    return toml::parse(toml, file);
  } catch (const toml::parse_error& e) {
    const toml::source_region& where = e.source();
    throw Error(ExitCode::plugin, fmt::format("could not read a declaration: {}", e.description()))
        .at({file, where.begin.line, where.begin.column, line_of(toml, where.begin.line)});
  }
}

void Reader::check_keys(const toml::table& table, std::span<const std::string> known) const {
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    Error unknown = error(key.source(), fmt::format("a declaration has no key \"{}\"", key.str()));
    const std::string near = nearest(key.str(), known);
    if (near.empty()) throw unknown.hint(fmt::format("The keys are {}.", fmt::join(known, ", ")));
    throw unknown.hint(fmt::format("Did you mean \"{}\"?", near));
  }
}

std::string Reader::text(const toml::table& table, std::string_view key) const {
  const toml::node* node = table.get(key);
  if (node == nullptr) return {};
  if (!node->is_string())
    throw error(node->source(), fmt::format("\"{}\" must be a text in quotes", key));
  return node->as_string()->get();
}

std::vector<std::string> Reader::texts(const toml::table& table, std::string_view key) const {
  const toml::node* node = table.get(key);
  if (node == nullptr) return {};
  if (!node->is_array())
    throw error(node->source(), fmt::format("\"{}\" must be a list of texts in quotes", key));
  std::vector<std::string> list;
  for (const toml::node& item : *node->as_array()) {
    if (!item.is_string() || item.as_string()->get().empty())
      throw error(
          item.source(),
          fmt::format("each item of \"{}\" must be a text in quotes that is not empty", key));
    list.push_back(item.as_string()->get());
  }
  return list;
}

// A migration's version is digits, which people write with and without quotes.
std::string Reader::needs(const toml::table& table) const {
  const toml::node* node = table.get("needs");
  if (node != nullptr && node->is_integer()) return std::to_string(node->as_integer()->get());
  return text(table, "needs");
}

std::string Reader::choice(const toml::table& table, std::string_view key,
                           std::span<const std::string> choices) const {
  if (!table.contains(key)) return choices.front();
  const std::string value = text(table, key);
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return value;
  throw error(table.get(key)->source(), fmt::format("\"{}\" cannot be \"{}\"", key, value))
      .hint(fmt::format("It is one of {}.", fmt::join(choices, ", ")));
}

ParameterDeclaration Reader::parameter(const toml::key& name, const toml::node& node) const {
  static const std::array<std::string, 2> keys{"default", "help"};
  if (!is_snake_case(name.str()))
    throw error(name.source(),
                fmt::format("parameter \"{}\" is not one snake_case word", name.str()));
  if (!node.is_table())
    throw error(
        node.source(),
        fmt::format("parameter \"{}\" must be a table with the key \"default\"", name.str()));
  const toml::table& table = *node.as_table();
  check_keys(table, keys);

  ParameterDeclaration parameter{std::string(name.str()), {}, text(table, "help")};
  const toml::node* value = table.get("default");
  if (value == nullptr)
    throw error(name.source(), fmt::format("parameter \"{}\" has no default", name.str()));
  if (value->is_boolean())
    parameter.default_value = value->as_boolean()->get();
  else if (value->is_integer())
    parameter.default_value = value->as_integer()->get();
  else if (value->is_floating_point())
    parameter.default_value = value->as_floating_point()->get();
  else if (value->is_string())
    parameter.default_value = value->as_string()->get();
  else
    throw error(
        value->source(),
        fmt::format("the default of parameter \"{}\" must be true or false, a number or a text",
                    name.str()));
  return parameter;
}

std::vector<ParameterDeclaration> Reader::parameters(const toml::table& table) const {
  const toml::node* node = table.get("parameters");
  if (node == nullptr) return {};
  if (!node->is_table())
    throw error(node->source(), "\"parameters\" must be a table, such as [parameters.count]");

  std::vector<std::pair<toml::source_position, ParameterDeclaration>> list;
  for (const auto& [name, value] : *node->as_table())
    list.emplace_back(name.source().begin, parameter(name, value));
  std::sort(list.begin(), list.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });  // as they are written

  std::vector<ParameterDeclaration> result;
  for (auto& [position, parameter] : list) result.push_back(std::move(parameter));
  return result;
}

std::vector<std::string> Reader::text_or_texts(const toml::table& table, std::string_view key) const {
  const toml::node* node = table.get(key);
  if (node == nullptr || !node->is_string()) return texts(table, key);
  return {text(table, key)};
}

TableFile Reader::table_file(const toml::table& table) const {
  static const std::array<std::string, 5> keys{"file", "name", "key", "mode", "null"};
  // In the order of SEEDBED_INSERT_MISSING and those after it.
  static const std::array<std::string, 3> modes{"insert_missing", "update_changed", "insert_once"};
  check_keys(table, keys);

  TableFile file;
  file.place = error(table.source(), "").place();
  file.file = text(table, "file");
  file.name = text(table, "name");
  file.key = text_or_texts(table, "key");
  file.mode = static_cast<std::int32_t>(std::ranges::find(modes, choice(table, "mode", modes)) - modes.begin());
  file.null_text = text(table, "null");
  for (const char* needed : {"file", "name", "key"}) {
    if (table.contains(needed)) continue;
    throw error(table.source(), fmt::format("a [[table]] has no \"{}\"", needed))
        .hint("It needs the file, the name of the table, and the key: columns with a unique index.");
  }
  if (!file.file.ends_with(".csv") || file.file.find('/') != file.file.npos || file.file.front() == '.' || file.file.front() == '_')
    throw error(table.get("file")->source(), fmt::format("\"{}\" cannot be the file of a [[table]]", file.file))
        .hint("It is the name of a .csv file beside the seeder.toml, and begins with neither \"_\" nor \".\".");
  if (file.name.empty()) throw error(table.get("name")->source(), "the name of a [[table]] is empty");
  if (file.key.empty() || file.key.front().empty())
    throw error(table.get("key")->source(), "the key of a [[table]] names no column");
  return file;
}

std::vector<TableFile> Reader::tables(const toml::table& table) const {
  const toml::node* node = table.get("table");
  if (node == nullptr) return {};
  if (!node->is_array_of_tables()) throw error(node->source(), "\"table\" must be written as [[table]]");
  std::vector<TableFile> files;
  for (const toml::node& item : *node->as_array()) {
    TableFile file = table_file(*item.as_table());
    if (std::ranges::find(files, file.file, &TableFile::file) != files.end())
      throw error(item.source(), fmt::format("\"{}\" is the file of two tables", file.file));
    files.push_back(std::move(file));
  }
  return files;
}

Declaration Reader::read() {
  static const std::array<std::string, 10> keys{"name",  "version", "description", "after",      "tier",
                                                "needs", "writes",  "run",         "parameters", "table"};
  static const std::array<std::string, 3> tiers{"development", "staging", "production"};
  static const std::array<std::string, 2> runs{"always", "once"};

  const toml::table table = parse(toml_, file_);
  check_keys(table, keys);

  Declaration declaration;
  declaration.name = text(table, "name");
  if (!table.contains("name"))
    throw Error(ExitCode::plugin, "a declaration has no \"name\"").at({file_, 0, 0, {}});
  if (!is_snake_case(declaration.name))
    throw error(
        table.get("name")->source(),
        fmt::format("the seeder's name \"{}\" is not one snake_case word", declaration.name))
        .hint("A name has small letters, digits and underscores and begins with a letter.");
  if (declaration.name == "sql")
    throw error(table.get("name")->source(), "the name \"sql\" is that of the plain seed files")
        .hint("Choose another name for the seeder.");
  declaration.version = text(table, "version");
  declaration.description = text(table, "description");
  const std::string tier = choice(table, "tier", tiers);
  declaration.tier = tier == "production" ? Tier::production
                     : tier == "staging"  ? Tier::staging
                                          : Tier::development;
  declaration.after = texts(table, "after");
  declaration.needs = needs(table);
  declaration.writes = texts(table, "writes");
  declaration.once = choice(table, "run", runs) == "once";
  declaration.parameters = parameters(table);
  declaration.tables = tables(table);
  for (const TableFile& file : declaration.tables) {
    if (std::ranges::find(declaration.writes, file.name) == declaration.writes.end()) declaration.writes.push_back(file.name);
  }
  return declaration;
}

}  // namespace

Declaration parse_declaration(std::string_view toml, const std::string& file) {
  return Reader(toml, file).read();
}

}  // namespace seedbed::host
