#include "config/project.hpp"

#include <algorithm>

#include "support/failure.hpp"

namespace seedbed::test {

Project::Project(const std::string& toml) {
  if (!toml.empty()) write("seedbed.toml", toml);
}

void Project::write(const std::string& name, const std::string& text) const {
  write_file(path(name), text);
}

std::filesystem::path Project::path(const std::string& name) const {
  return (folder_ / "project" / name).lexically_normal();
}

host::Settings Project::resolve(const std::string& below) const {
  std::filesystem::create_directories(path(below));
  return host::resolve_settings(line, environment, path(below));
}

host::Error Project::refusal() const {
  return failure_of([&] { resolve(); });
}

host::SettingEntry entry(const host::Settings& settings, const std::string& key) {
  const auto found =
      std::find_if(settings.entries.begin(), settings.entries.end(),
                   [&](const host::SettingEntry& entry) { return entry.key == key; });
  return found == settings.entries.end() ? host::SettingEntry{"", "no such entry", ""} : *found;
}

Names names(const std::vector<host::Named>& named) {
  Names result;
  for (const host::Named& item : named) result.push_back(item.name);
  return result;
}

const char* const kTwoEnvironments = R"(default_environment = "local"
[environments.local]
tier = "development"
url = "${DATABASE_URL:-sqlite:seedbed.db}"
[environments.staging]
tier = "staging"
url = "${STAGING_DATABASE_URL}"
seeders = ["rbac", "!styles"]
)";

const char* const kEveryKey = R"([migrations]
directory = "db/migrations"
format = "goose"
history = "supabase"
out_of_order = "skip"
own_transactions = "as-is"
[seeders]
directories = ["build/plugins", "/opt/plugins"]
order = ["b", "a"]
sql_paths = ["seeds/[0-9]*.sql", "/abs/*.sql"]
sql_tier = "staging"
transaction = "each"
[environments.main]
tier = "staging"
url = "sqlite:main.db"
seeders = ["a"]
trigger_tables = ["audit.*"]
protected = true
lock_timeout = "90s"
[environments.main.parameters.a]
rows = 10
label = "x-${LABEL:-none}"
[hooks]
before_migrate = ["SELECT 1"]
after_migrate = [{ postgres = "NOTIFY pgrst, 'reload schema'" }]
after_seed = ["hooks/after.sql", "DO $$ BEGIN END $$"]
[sqlite]
journal = "delete"
)";

}  // namespace seedbed::test
