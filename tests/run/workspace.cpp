#include "run/workspace.hpp"

#include <fmt/format.h>

#include "support/golden.hpp"

namespace seedbed::test {

namespace fs = std::filesystem;
using host::Engine;

void Workspace::write(const std::string& name, std::string_view text) const {
  write_file(folder_ / name, text);
}

void Workspace::write_customer_migration() const {
  write("migrations/20260101120000_create_customer.sql",
        "CREATE TABLE customer (email TEXT NOT NULL PRIMARY KEY, name TEXT);\n");
}

void Workspace::write_seeder(const std::string& name, std::string_view sql,
                             const std::string& declaration) const {
  write("plugins/" + name + "/seeder.toml",
        fmt::format("name = \"{}\"\nversion = \"1.0.0\"\n{}", name, declaration));
  write("plugins/" + name + "/01_rows.sql", sql);
}

void Workspace::add_fixture(const std::string& name) const {
  fs::create_directories(folder_ / "plugins");
  fs::copy_file(fs::path(SEEDBED_BINARY_DIR) / "tests/plugins" / name / (name + ".so"),
                folder_ / "plugins" / (name + ".so"));
}

Finished Workspace::run(std::vector<std::string> arguments) const {
  return start(std::move(arguments)).wait();
}

Running Workspace::start(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--url", database_.url()});
  return program().start(arguments);
}

std::string Workspace::shown(const Finished& finished) const {
  std::string text = finished.out;
  const std::string& url = database_.url();
  for (auto at = text.find(url); at != std::string::npos; at = text.find(url, at)) text.replace(at, url.size(), "sqlite:shop.db");
  return without_times(text);
}

bool Workspace::untouched() {
  if (engine() == Engine::sqlite) return !fs::exists(database_.url().substr(std::string("sqlite:").size()));
  return value("SELECT count(*) FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid "
               "WHERE n.nspname = 'seedbed' OR (n.nspname = 'public' AND c.relkind IS NOT NULL)") == "0";
}

std::string Workspace::ledger(const std::string& table) const {
  return (engine() == Engine::postgres ? "seedbed." : "seedbed_") + table;
}

std::string insert_customer(const std::string& email, const std::string& name) {
  return fmt::format("INSERT INTO customer (email, name) VALUES ('{}', '{}') ON CONFLICT (email) DO NOTHING;\n",
                     email, name);
}

std::string long_statement(Engine engine) {
  if (engine == Engine::postgres) return "SELECT pg_sleep(30);\n";
  return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
         "SELECT count(*) FROM n;\n";
}

}  // namespace seedbed::test
