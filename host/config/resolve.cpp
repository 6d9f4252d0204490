#include <cctype>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "config/instant.hpp"
#include "config/names.hpp"
#include "config/settings.hpp"
#include "config/sources.hpp"
#include "duration.hpp"
#include "error.hpp"
#include "log.hpp"
#include "redaction.hpp"
#include "shell.hpp"

namespace seedbed::host {

namespace {

namespace fs = std::filesystem;

constexpr const char* kCommandLine = "command line";
constexpr const char* kDefault = "default";
constexpr const char* kMasked = "***";

// Hiding a shorter text would hide parts of ordinary words.
constexpr std::size_t kShortestSecret = 4;

struct Value {
  std::string text;
  std::string source = kDefault;
  Place place;
  bool secret = false;

  bool said() const { return source == kCommandLine; }
};

// Adds the place of `value` to an error that `work` throws.
template <class Work>
auto at_place_of(const Value& value, Work work) {
  try {
    return work();
  } catch (Error& error) {
    if (value.place.line) error.at(value.place);
    throw;
  }
}

std::string without_wildcards(const fs::path& path) {
  std::string result;
  for (const char c : path.string()) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

bool shows_credentials(const std::string& text) {
  return text.find("://") != std::string::npos && text.find('@') != std::string::npos;
}

bool has_bare_variable(const std::string& text) {
  const std::size_t dollar = text.find('$');
  return dollar != std::string::npos && dollar + 1 < text.size() &&
         std::isalpha(static_cast<unsigned char>(text[dollar + 1]));
}

class Resolver {
 public:
  Resolver(const CommandLine& line, Sources& sources)
      : line_(line), sources_(sources), toml_(sources.toml), section_(sources.section) {}

  Settings resolve() {
    settings_.environment = sources_.environment;
    settings_.file = sources_.file;
    settings_.root = sources_.root;
    settings_.typed_options = typed_options();
    note("environment", settings_.environment, sources_.environment_source);
    resolve_database();
    resolve_migrations();
    resolve_sqlite();
    resolve_seeders();
    resolve_selection();
    const bool development = settings_.tier == Tier::development;
    settings_.migrations.limits = limits("migrations", section_.migrations, development ? "none" : "5s");
    settings_.seeders.limits = limits("seeding", section_.seeding, "none");
    settings_.hooks.before_migrate = hooks("hooks.before_migrate", toml_.before_migrate);
    settings_.hooks.after_migrate = hooks("hooks.after_migrate", toml_.after_migrate);
    settings_.hooks.after_seed = hooks("hooks.after_seed", toml_.after_seed);
    resolve_now();
    note_variables();
    return std::move(settings_);
  }

 private:
  void note(const std::string& key, const std::string& value, const std::string& source) {
    settings_.entries.push_back({key, value, source});
  }

  std::string typed_options() const {
    std::string options;
    const auto add = [&](const char* name, const std::optional<std::string>& said) {
      if (said) options += fmt::format(" --{} {}", name, shell_word(*said));
    };
    add("config", line_.config);
    add("env", line_.environment);
    add("url", line_.url);
    add("tier", line_.tier);
    return options;
  }

  std::string in_section(const std::string& key) const {
    return fmt::format("environments.{}.{}", sources_.environment, key);
  }

  Value expanded(const std::string& key, const Text& text, bool in_url = false) {
    Expanded result = sources_.variables.expand(text, key, in_url);
    return {std::move(result.value), std::move(result.source), text.place, result.secret};
  }

  Value pick(const std::string& key, const std::optional<std::string>& said,
             const std::optional<Text>& written, const std::string& fallback) {
    if (said) return {*said, kCommandLine, {}};
    if (written) return expanded(key, *written);
    return {fallback, kDefault, {}};
  }

  fs::path path(const std::string& key, const Value& value) const {
    if (value.text.empty())
      throw Error(ExitCode::usage, fmt::format("an empty path was given for \"{}\"", key))
          .at(value.place);
    return ((value.said() ? sources_.directory : sources_.root) / value.text).lexically_normal();
  }

  std::string shown(const fs::path& path) const {
    return name_for_people(path, sources_.directory);
  }

  void resolve_database() {
    const Value tier = pick(in_section("tier"), line_.tier, section_.tier, "");
    const Value url = database_url();
    settings_.tier =
        tier.text.empty() && tier.source == kDefault ? default_tier() : at_place_of(tier, [&] {
          return parse_tier(tier.text, tier.said() ? "--tier" : tier.source);
        });
    const bool production = settings_.tier == Tier::production;
    settings_.is_protected = section_.is_protected ? section_.is_protected->value : production;
    const Value patience =
        pick(in_section("lock_timeout"), line_.lock_timeout, section_.lock_timeout, "5m");
    settings_.lock_timeout = at_place_of(patience, [&] {
      return parse_duration(patience.text,
                            patience.said() ? "--lock-timeout" : in_section("lock_timeout"));
    });

    warn_without_tls();

    note("tier", tier_name(settings_.tier), tier.source);
    note("url", settings_.url.display, url.source);
    if (!settings_.url.tls.empty()) note("url.tls", settings_.url.tls, url.source);
    note("protected", settings_.is_protected ? "true" : "false",
         section_.is_protected ? source_of(section_.is_protected->place) : kDefault);
    note("lock_timeout", patience.text, patience.source);
  }

  /// libpq's other modes go on in clear text where the server, or somebody in between, has no TLS.
  void warn_without_tls() const {
    const DatabaseUrl& url = settings_.url;
    const bool demanded = url.tls.find("sslmode=require") != std::string::npos || url.tls.find("sslmode=verify-") != std::string::npos;
    if (settings_.tier != Tier::production || url.local || url.engine == Engine::sqlite || demanded) return;
    log::warning("tls_not_demanded", {{"database", url.display}, {"tls", url.tls},
                                      {"hint", "Passwords and rows may cross the network in clear text: add sslmode=verify-full, or at least require, to the URL."}});
  }

  Value database_url() {
    if (!line_.url && !section_.url)
      throw Error(ExitCode::usage,
                  fmt::format("the environment \"{}\" has no url", sources_.environment))
          .hint(fmt::format("Write one in [environments.{}] of \"{}\", or say --url.",
                            sources_.environment, toml_.name));
    const Value url = line_.url ? Value{*line_.url, kCommandLine, {}}
                                : expanded(in_section("url"), *section_.url, /*in_url=*/true);
    log::redact_credentials_in(url.text);  // also if it cannot be parsed
    try {
      settings_.url = parse_url(url.text, url.said() ? sources_.directory : sources_.root);
    } catch (Error& error) {
      if (url.place.line) error.at(url.place);
      error.detail(fmt::format("The url comes from {}.", in_sentence(url.source)));
      if (has_bare_variable(url.text)) error.hint("A variable is written ${NAME}.");
      throw;
    }
    for (const std::string& secret : settings_.url.secrets) log::redact(secret);
    return url;
  }

  Tier default_tier() const {
    if (settings_.url.local) return Tier::development;
    Error error(ExitCode::usage, "a database on another machine needs a tier");
    error.detail(fmt::format("The environment \"{}\" has none, and its database is {}.",
                             sources_.environment, settings_.url.display));
    error.hint("Say --tier development, --tier staging or --tier production.");
    if (!toml_.environments.empty())
      error.hint(fmt::format("Better, write tier in [environments.{}] of \"{}\".",
                             sources_.environment, toml_.name));
    throw error;
  }

  std::string choice(const std::string& key, const Value& value,
                     const std::vector<std::string>& allowed) {
    at_place_of(value, [&] { require_one_of(key, value.text, allowed); });
    note(key, value.text, value.source);
    return value.text;
  }

  void resolve_migrations() {
    MigrationSettings& migrations = settings_.migrations;
    const Value directory =
        pick("migrations.directory", line_.migrations, toml_.directory, "migrations");
    migrations.directory = path("migrations.directory", directory);
    migrations.directory_named = directory.source != kDefault;
    note("migrations.directory", shown(migrations.directory), directory.source);
    migrations.format = choice(
        "migrations.format",
        pick("migrations.format", line_.migrations_format, toml_.format, "auto"),
        {"auto", "seedbed", "supabase", "plain", "dbmate", "goose", "golang-migrate", "flyway"});
    migrations.history =
        choice("migrations.history", pick("migrations.history", {}, toml_.history, "seedbed"),
               {"seedbed", "supabase"});
    const Value policy =
        pick("migrations.out_of_order", line_.out_of_order, toml_.out_of_order, "");
    if (policy.source == kDefault)
      note("migrations.out_of_order", "by tier", kDefault);
    else
      migrations.out_of_order =
          choice("migrations.out_of_order", policy, {"refuse", "apply", "skip"});
    migrations.own_transactions = choice("migrations.own_transactions",
                                         pick("migrations.own_transactions", line_.own_transactions,
                                              toml_.own_transactions, "refuse"),
                                         {"refuse", "as-is"});
    resolve_placeholders();
  }

  void resolve_placeholders() {
    for (const auto& [written, text] : toml_.placeholders) {
      const std::string key = "migrations.placeholders." + written;
      const Value value = expanded(key, text);
      std::string name = written;
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const auto [added, is_new] = settings_.migrations.placeholders.emplace(name, value.text);
      if (!is_new) {
        throw Error(ExitCode::usage, fmt::format("two placeholders are named \"{}\"", added->first))
            .at(text.place)
            .detail("Upper and lower case are one here, as they are for Flyway.");
      }
      note_masked(key, written, value);
    }
  }

  struct Values {
    std::vector<Value> items;
    std::string source = kDefault;
  };

  Values list(const std::string& key, const std::vector<std::string>& said,
              const std::optional<TextList>& written, const std::vector<std::string>& fallback) {
    Values result;
    if (!said.empty()) {
      result.source = kCommandLine;
      for (const std::string& text : said) result.items.push_back({text, kCommandLine, {}});
    } else if (written) {
      result.source = source_of(written->place);
      for (const Text& text : written->value) result.items.push_back(expanded(key, text));
    } else {
      for (const std::string& text : fallback) result.items.push_back({text, kDefault, {}});
    }
    return result;
  }

  template <class Shown>
  void note_list(const std::string& key, const Values& values, Shown shown_item) {
    std::vector<std::string> texts;
    for (const Value& item : values.items) texts.push_back(shown_item(item));
    note(key, fmt::format("{}", fmt::join(texts, ", ")), values.source);
  }

  std::vector<Named> names(const std::string& key, const std::string& shown_key,
                           const std::optional<TextList>& written,
                           const std::vector<std::string>& fallback) {
    const Values values = list(key, {}, written, fallback);
    note_list(shown_key, values, [](const Value& item) { return item.text; });
    std::vector<Named> result;
    for (const Value& item : values.items)
      result.push_back({item.text, item.place.line ? source_of(item.place) : item.source});
    return result;
  }

  void resolve_seeders() {
    SeederSettings& seeders = settings_.seeders;
    const Values directories =
        list("seeders.directories", line_.seeders, toml_.directories, {"plugins"});
    for (const Value& item : directories.items)
      seeders.directories.push_back(path("seeders.directories", item));
    // seedbed.toml may name the folder of a build that has not been made yet.
    seeders.directories_named = directories.source == kCommandLine;
    note_list("seeders.directories", directories,
              [&](const Value& item) { return shown(path("seeders.directories", item)); });

    seeders.order = names("seeders.order", "seeders.order", toml_.order, {});

    const Values paths = list("seeders.sql_paths", line_.sql, toml_.sql_paths, {});
    for (const Value& item : paths.items) seeders.sql_paths.push_back(glob(item));
    seeders.sql_paths_named = paths.source == kCommandLine;
    note_list("seeders.sql_paths", paths, [](const Value& item) { return item.text; });

    seeders.lock_file = sources_.root / "seedbed.lock";
    seeders.locked = line_.locked;
    const Value tier = pick("seeders.sql_tier", {}, toml_.sql_tier, tier_name(Tier::development));
    seeders.sql_tier = at_place_of(tier, [&] { return parse_tier(tier.text, tier.source); });
    note("seeders.sql_tier", tier.text, tier.source);
    const Value transaction = pick("seeders.transaction", {}, toml_.transaction, "all");
    seeders.all_in_one_transaction =
        choice("seeders.transaction", transaction, {"all", "each"}) == "all";
  }

  void resolve_sqlite() {
    settings_.sqlite.journal =
        choice("sqlite.journal", pick("sqlite.journal", {}, toml_.journal, "wal"), {"wal", "delete"});
  }

  // The shell has replaced the wildcards of the command line, so that a file which exists is meant.
  std::string glob(const Value& value) const {
    std::error_code ignored;
    const fs::path file = path("seeders.sql_paths", value);
    if (value.said() && fs::exists(file, ignored)) return without_wildcards(file);
    const fs::path pattern = fs::path(value.text).lexically_normal();
    if (pattern.is_absolute()) return pattern.string();
    return without_wildcards(value.said() ? sources_.directory : sources_.root) + "/" +
           pattern.string();
  }

  void resolve_selection() {
    SeederSettings& seeders = settings_.seeders;
    seeders.selection = names(in_section("seeders"), "seeders", section_.seeders, {"*"});
    const Values tables = list(in_section("trigger_tables"), {}, section_.trigger_tables, {});
    for (const Value& item : tables.items) seeders.trigger_tables.push_back(item.text);
    note_list("trigger_tables", tables, [](const Value& item) { return item.text; });
    for (const auto& [seeder, values] : section_.parameters)
      for (const auto& [name, value] : values)
        seeders.parameters[seeder][name] = parameter(seeder, name, value);
  }

  Limits limits(const std::string& what, const LimitTexts& written, const std::string& default_lock) {
    return {limit(what + ".lock_timeout", written.lock_timeout, default_lock),
            limit(what + ".statement_timeout", written.statement_timeout, "none")};
  }

  Limit limit(const std::string& key, const std::optional<Text>& written, const std::string& fallback) {
    const Value value = pick(in_section(key), {}, written, fallback);
    Limit result{in_section(key), value.text, value.source, {}, written.has_value()};
    if (value.text != "none") {
      result.longest = at_place_of(value, [&] { return parse_duration(value.text, in_section(key)); });
    } else if (result.set) {
      result.longest = std::chrono::milliseconds(0);
    }
    if (result.set || settings_.url.engine == Engine::postgres) note(key, value.text, value.source);
    return result;
  }

  ParameterValue parameter(const std::string& seeder, const std::string& name,
                           const Scalar& written) {
    const std::string key = fmt::format("parameters.{}.{}", seeder, name);
    const std::string* text = std::get_if<std::string>(&written.value);
    if (!text) {
      ParameterValue result{written.value, source_of(written.place)};
      note(key,
           std::visit([](const auto& value) { return fmt::format("{}", value); }, result.value),
           result.source);
      return result;
    }
    const Value value = expanded(in_section(key), {*text, written.place});
    note_masked(key, name, value);
    return {value.text, source_of(written.place)};
  }

  /// Notes a value of the user's own, which may be a secret.
  void note_masked(const std::string& key, const std::string& name, const Value& value) {
    const bool secret = value.secret || is_secret_name(name) || shows_credentials(value.text);
    if (secret) hide(value.text);
    note(key, secret ? kMasked : value.text, value.source);
  }

  static void hide(const std::string& secret) {
    if (secret.size() >= kShortestSecret) log::redact(secret);
  }

  // Variables in hooks stay as they are: $$ is a quote in SQL.
  std::vector<Hook> hooks(const std::string& key, const std::optional<HookList>& written) {
    std::vector<Hook> result;
    if (!written) return result;
    for (const HookText& hook : written->value)
      result.push_back({hook_sql(hook.sqlite, hook.place), hook_sql(hook.postgres, hook.place),
                        source_of(hook.place)});
    note(key, std::to_string(result.size()), source_of(written->place));
    return result;
  }

  std::string hook_sql(const std::string& text, const Place& place) const {
    if (!text.ends_with(".sql")) return text;
    const fs::path file = (sources_.root / text).lexically_normal();
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) return file.string();
    throw Error(ExitCode::usage, fmt::format("could not find the hook's file \"{}\"", text))
        .at(place)
        .detail(fmt::format("Looked for it in \"{}\".", shown(sources_.root)));
  }

  void resolve_now() {
    const auto set = sources_.variables.find("SEEDBED_NOW");
    if (!set || set->value.empty()) return;
    if (settings_.tier != Tier::development)
      throw Error(ExitCode::refused,
                  fmt::format("SEEDBED_NOW is refused in tier {}", tier_name(settings_.tier)))
          .detail(fmt::format("It comes from {}; the environment is \"{}\".",
                              in_sentence(set->source), sources_.environment))
          .hint(
              "Unset it.  Only in tier development can a run have another time than the clock's.");
    settings_.now = parse_instant(set->value);
    if (!settings_.now)
      throw Error(ExitCode::usage,
                  fmt::format("SEEDBED_NOW is \"{}\", which is not a time", set->value))
          .detail(fmt::format("It comes from {}.", in_sentence(set->source)))
          .hint("Write it as 2026-01-31T09:30:00Z, or as seconds since 1970.");
    note("now", set->value, set->source);
  }

  void note_variables() {
    for (const auto& [name, use] : sources_.variables.uses()) {
      const bool secret = use.in_url || is_secret_name(name) || shows_credentials(use.value);
      note("variables." + name, secret && !use.value.empty() ? kMasked : use.value, use.source);
    }
  }

  const CommandLine& line_;
  Sources& sources_;
  const TomlFile& toml_;
  const EnvironmentSection& section_;
  Settings settings_;
};

}  // namespace

Settings resolve_settings(const CommandLine& line, const Environment& environment,
                          const fs::path& directory) {
  Sources sources = find_sources(line, environment, directory);
  return Resolver(line, sources).resolve();
}

}  // namespace seedbed::host
