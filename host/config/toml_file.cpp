#include "config/toml_file.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "config/names.hpp"
#include "error.hpp"
#include "toml.hpp"

namespace seedbed::host {

namespace {

Place place_of(const TextFile& file, const toml::source_region& region) {
  return file.place(region.begin.line, region.begin.column);
}

const char* type_name(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a float";
    case toml::node_type::boolean:
      return "a boolean";
    default:
      return "a date or time";
  }
}

/// One table of the file, all of whose keys are known.
class Section {
 public:
  Section(const TextFile& file, const toml::table& table, std::string name)
      : file_(file), table_(table), name_(std::move(name)) {}

  /// Refuses keys other than `known`.
  const Section& only(const std::vector<std::string>& known) const {
    for (const auto& [key, node] : table_)
      if (std::find(known.begin(), known.end(), key.str()) == known.end())
        throw no_such("key", std::string(key.str()), known,
                      name_.empty() ? "at the top of the file" : "in [" + name_ + "]")
            .at(place_of(file_, key.source()));
    return *this;
  }

  std::optional<Text> text(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    return text(*node, full(key), "a string");
  }

  /// A string, or a whole number of seconds.
  std::optional<Text> duration(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    if (const auto* number = node->as_integer())
      return Text{std::to_string(number->get()), place(*node)};
    return text(*node, full(key), "a duration such as \"5m\"");
  }

  std::optional<At<bool>> boolean(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    const auto* value = node->as_boolean();
    if (!value) throw wrong_type(*node, full(key), "a boolean");
    return At<bool>{value->get(), place(*node)};
  }

  std::optional<TextList> texts(std::string_view key) const {
    const toml::array* array = list(key, "an array of strings");
    if (!array) return std::nullopt;
    TextList result{{}, place(*array)};
    for (const toml::node& item : *array)
      result.value.push_back(text(item, "an item of " + full(key), "a string"));
    return result;
  }

  std::optional<HookList> hooks(std::string_view key) const {
    const toml::array* array = list(key, "an array");
    if (!array) return std::nullopt;
    HookList result{{}, place(*array)};
    for (const toml::node& item : *array) result.value.push_back(hook(item, full(key)));
    return result;
  }

  /// The table at `key`, empty if there is none.
  Section section(std::string_view key) const {
    const toml::node* node = table_.get(key);
    static const toml::table kEmpty;
    if (!node) return {file_, kEmpty, path(key)};
    if (!node->is_table()) throw wrong_type(*node, full(key), "a table");
    return {file_, *node->as_table(), path(key)};
  }

  /// Calls `visit(name, place)` for every key, in the order of the names.
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [key, node] : table_)
      visit(std::string(key.str()), place_of(file_, key.source()));
  }

  Scalar scalar(std::string_view key) const {
    const toml::node& node = *table_.get(key);
    if (const auto* value = node.as_boolean()) return {value->get(), place(node)};
    if (const auto* value = node.as_integer()) return {value->get(), place(node)};
    if (const auto* value = node.as_floating_point()) return {value->get(), place(node)};
    if (const auto* value = node.as_string()) return {value->get(), place(node)};
    throw wrong_type(node, full(key), "a string, a number or a boolean");
  }

 private:
  Place place(const toml::node& node) const { return place_of(file_, node.source()); }

  std::string path(std::string_view key) const {
    return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
  }

  std::string full(std::string_view key) const { return "\"" + path(key) + "\""; }

  Error wrong_type(const toml::node& node, const std::string& what,
                   const std::string& wanted) const {
    return Error(ExitCode::usage,
                 fmt::format("{} is {}, and must be {}", what, type_name(node.type()), wanted))
        .at(place(node));
  }

  Text text(const toml::node& node, const std::string& what, const std::string& wanted) const {
    const auto* value = node.as_string();
    if (!value) throw wrong_type(node, what, wanted);
    return {value->get(), place(node)};
  }

  const toml::array* list(std::string_view key, const std::string& wanted) const {
    const toml::node* node = table_.get(key);
    if (node && !node->is_array()) throw wrong_type(*node, full(key), wanted);
    return node ? node->as_array() : nullptr;
  }

  HookText hook(const toml::node& item, const std::string& list_name) const {
    if (const auto* sql = item.as_string()) return {sql->get(), sql->get(), place(item)};
    if (!item.is_table())
      throw wrong_type(item, "an item of " + list_name, "SQL, or a table of SQL by engine");
    const Section engines(file_, *item.as_table(), list_name.substr(1, list_name.size() - 2));
    engines.only({"postgres", "sqlite"});
    if (item.as_table()->empty())
      throw Error(ExitCode::usage, "an item of " + list_name + " has SQL for no engine")
          .at(place(item));
    const auto sql = [&](std::string_view engine) {
      return engines.text(engine).value_or(Text{}).value;
    };
    return {sql("sqlite"), sql("postgres"), place(item)};
  }

  const TextFile& file_;
  const toml::table& table_;
  std::string name_;
};

void check_environment_name(const std::string& name, const Place& place) {
  try {
    require_environment_name(name);
  } catch (Error& error) {
    error.at(place);
    throw;
  }
}

LimitTexts limits(const Section& section) {
  section.only({"lock_timeout", "statement_timeout"});
  return {section.duration("lock_timeout"), section.duration("statement_timeout")};
}

EnvironmentSection environment(const Section& section) {
  section.only(
      {"tier", "url", "seeders", "trigger_tables", "protected", "lock_timeout", "migrations", "seeding", "parameters"});
  EnvironmentSection result;
  result.tier = section.text("tier");
  result.url = section.text("url");
  result.lock_timeout = section.duration("lock_timeout");
  result.seeders = section.texts("seeders");
  result.trigger_tables = section.texts("trigger_tables");
  result.is_protected = section.boolean("protected");
  result.migrations = limits(section.section("migrations"));
  result.seeding = limits(section.section("seeding"));
  const Section parameters = section.section("parameters");
  parameters.each([&](const std::string& seeder, const Place&) {
    const Section values = parameters.section(seeder);
    values.each([&](const std::string& name, const Place&) {
      result.parameters[seeder].emplace(name, values.scalar(name));
    });
  });
  return result;
}

// "Error while parsing value: could not …" says the same thing twice.
std::string parser_words(std::string_view description) {
  constexpr std::string_view kPreface = "Error while parsing ";
  const std::size_t colon = description.find(": ");
  if (description.starts_with(kPreface) && colon != std::string_view::npos)
    description.remove_prefix(colon + 2);
  std::string words(description);
  if (!words.empty() && words[0] >= 'A' && words[0] <= 'Z')
    words[0] = static_cast<char>(words[0] + ('a' - 'A'));
  return words;
}

toml::table parse(const TextFile& file) {
  try {
    return toml::parse(std::string_view(file.text), file.name);
  } catch (const toml::parse_error& error) {
    const Place place = place_of(file, error.source());
    const auto failure = [&](const std::string& why) {
      return Error(ExitCode::usage, fmt::format("could not parse \"{}\": {}", file.name, why))
          .at(place);
    };
    // The parser quotes what it met, which may be a secret.
    if (place.text.empty())
      throw failure("it is malformed").detail("The line is not shown, since it may hold a secret.");
    throw failure(parser_words(error.description()));
  }
}

}  // namespace

TomlFile parse_toml_file(const TextFile& file) {
  const toml::table table = parse(file);
  const Section top(file, table, "");
  top.only({"default_environment", "migrations", "seeders", "environments", "hooks", "sqlite"});
  TomlFile result;
  result.name = file.name;
  result.default_environment = top.text("default_environment");

  const Section migrations = top.section("migrations");
  migrations.only({"directory", "format", "history", "out_of_order", "own_transactions", "placeholders"});
  const Section placeholders = migrations.section("placeholders");
  placeholders.each([&](const std::string& name, const Place&) {
    if (auto value = placeholders.text(name)) result.placeholders.emplace(name, *value);
  });
  result.directory = migrations.text("directory");
  result.format = migrations.text("format");
  result.history = migrations.text("history");
  result.out_of_order = migrations.text("out_of_order");
  result.own_transactions = migrations.text("own_transactions");

  const Section seeders = top.section("seeders");
  seeders.only({"directories", "order", "sql_paths", "sql_tier", "transaction"});
  result.directories = seeders.texts("directories");
  result.order = seeders.texts("order");
  result.sql_paths = seeders.texts("sql_paths");
  result.sql_tier = seeders.text("sql_tier");
  result.transaction = seeders.text("transaction");

  const Section sqlite = top.section("sqlite");
  sqlite.only({"journal"});
  result.journal = sqlite.text("journal");

  const Section hooks = top.section("hooks");
  hooks.only({"before_migrate", "after_migrate", "after_seed"});
  result.before_migrate = hooks.hooks("before_migrate");
  result.after_migrate = hooks.hooks("after_migrate");
  result.after_seed = hooks.hooks("after_seed");

  const Section environments = top.section("environments");
  environments.each([&](const std::string& name, const Place& place) {
    check_environment_name(name, place);
    result.environments.emplace(name, environment(environments.section(name)));
  });
  return result;
}

}  // namespace seedbed::host
