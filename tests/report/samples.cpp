#include "report/samples.hpp"

namespace seedbed::test {

using namespace seedbed::host;
using std::chrono::microseconds;

namespace {

SeederOutcome seeder(const std::string& name, std::int64_t inserted, std::int64_t unchanged,
                     int took) {
  SeederOutcome outcome;
  outcome.name = name;
  outcome.version = "1.0.0";
  outcome.tables = {{{"main." + name, inserted, 0, 0}, unchanged}};
  outcome.unchanged_known = true;
  outcome.committed = true;
  outcome.took = microseconds(took);
  return outcome;
}

MigrationOutcome migration(const std::string& version, const std::string& name, int took) {
  return {version, name, version + "_" + name + ".sql", microseconds(took)};
}

Outcome of_local() {
  Outcome outcome;
  outcome.command = "up";
  outcome.environment = "local";
  outcome.url = "sqlite:seedbed.db";
  outcome.took = microseconds(61'300);
  return outcome;
}

PlannedSeeder planned(const std::string& name, const std::string& version, bool selected,
                      const std::string& reason) {
  PlannedSeeder planned;
  planned.seeder.declaration.name = name;
  planned.seeder.declaration.version = version;
  planned.selected = selected;
  planned.reason = reason;
  return planned;
}

}  // namespace

Outcome first_run() {
  Outcome outcome = of_local();
  outcome.migrations = {migration("20260101120000", "create_casbin_rule", 20'000),
                        migration("20260105093000", "create_providers", 21'000)};
  outcome.migrations_took = microseconds(41'000);
  outcome.seeders = {seeder("rbac", 16, 0, 700), seeder("providers", 3, 0, 400),
                     seeder("curriculum", 65, 0, 2'600), seeder("catalog_journeys", 28, 1, 1'900)};
  return outcome;
}

Outcome second_run() {
  Outcome outcome = of_local();
  outcome.migrations_up_to_date = 2;
  outcome.seeders = {seeder("rbac", 0, 16, 300), seeder("catalog_journeys", 0, 29, 900),
                     SeederOutcome{}};
  outcome.seeders.back().name = "styles";
  outcome.took = microseconds(9'000);
  return outcome;
}

Outcome failed_migration() {
  Outcome outcome = of_local();
  outcome.migrations = {migration("20260101120000", "create_casbin_rule", 20'000)};
  outcome.migrations_took = microseconds(20'000);
  outcome.error = full_error();
  return outcome;
}

Outcome failed_seeder() {
  Outcome outcome = of_local();
  outcome.migrations_up_to_date = 2;
  outcome.seeders = {seeder("rbac", 16, 0, 700)};
  outcome.seeders.back().committed = false;
  outcome.error = Error(ExitCode::plugin, "seeder \"providers\" failed: no prices");
  return outcome;
}

Outcome dry_run() {
  Outcome outcome = of_local();
  outcome.dry_run = true;
  outcome.migrations = {migration("20260101120000", "create_casbin_rule", 20'000)};
  outcome.migrations_took = microseconds(20'000);
  outcome.not_executed = {{"migration 20260105093000_index.sql",
                           "CREATE INDEX CONCURRENTLY cannot run in a transaction"},
                          {"seeder rbac", "it comes after a migration that was not executed"}};
  return outcome;
}

Outcome stamped() {
  Outcome outcome = of_local();
  outcome.command = "stamp";
  outcome.migrations_up_to_date = 1;
  outcome.recorded = {migration("20260101120000", "create_casbin_rule", 0),
                      migration("20260105093000", "create_providers", 0)};
  outcome.seeding_asked = false;
  outcome.took = microseconds(9'000);
  return outcome;
}

Adoption adoption() {
  Adoption adoption;
  adoption.outcome = of_local();
  adoption.outcome.command = "adopt";
  adoption.outcome.took = microseconds(12'000);
  adoption.tool = "flyway";
  adoption.table = "flyway_schema_history";
  adoption.migrations = {{"1", "V1__customers.sql", AdoptionState::known, "2026-08-01 09:00:00"},
                         {"1.1", "V1_1__orders.sql", AdoptionState::adopted, "2026-08-02 09:00:00"},
                         {"2", "V2__invoices.sql", AdoptionState::gap, ""},
                         {"3", "V3__payments.sql", AdoptionState::edited, "2026-08-03 09:00:00"},
                         {"R__totals", "R__totals.sql", AdoptionState::changed, "2026-08-03 09:00:01"},
                         {"2.5", "V2_5__refunds.sql", AdoptionState::missing, "2026-08-02 10:00:00"}};
  adoption.pending = 2;
  return adoption;
}

Plan mixed_plan() {
  Plan plan;
  plan.environment = "local";
  plan.url = "sqlite:shop.db";
  plan.migrations = {
      {"0001", "create_customer", "0001_create_customer.sql", MigrationState::applied,
       "2026-08-03 09:12:44", 12, "applied"},
      {"0002", "create_order", "0002_create_order.sql", MigrationState::edited,
       "2026-08-03 09:12:44", 9, "applied"},
      {"0003", "add_total", "0003_add_total.sql", MigrationState::out_of_order, "", 0, ""},
      {"0004", "add_tax", "", MigrationState::missing, "2026-08-03 09:12:45", 101, "applied"},
      {"0005", "add_größe", "0005_add_größe.sql", MigrationState::pending, "", 0, ""}};
  plan.seeders = {planned("customers", "1.0.0", true, "selected by *"),
                  planned("test_users", "1.0.0", false, "tier development"),
                  planned("orders", "1.2.0", true, "selected by *"),
                  planned("styles", "1.0.0", true, "selected by *")};
  plan.last_seedings = {
      {"2026-08-03 09:12:46", "1.0.0", true}, {}, {}, {"2026-08-03 09:12:47", "0.9.0", false}};
  return plan;
}

SeederList seeder_list() {
  SeederList list;
  list.environment = "staging";
  list.tier = Tier::staging;
  list.seeders = {planned("customers", "1.0.0", true, "selected by *"),
                  planned("test_users", "1.0.0", false, "tier development")};
  Seeder& customers = list.seeders[0].seeder;
  customers.path = "/opt/plugins/customers.so";
  customers.abi_version = 1;
  customers.sha256 = std::string(64, 'a');
  customers.declaration.tier = Tier::production;
  customers.declaration.writes = {"customer"};
  customers.declaration.parameters = {{"count", std::int64_t{3}, "how many"}};
  list.seeders[1].seeder.declaration.after = {"customers"};
  list.seeders[1].seeder.kind = SeederKind::folder;
  list.broken = {{"/opt/plugins/old.so",
                  "plugin \"old.so\" speaks ABI 2, this host speaks ABI 1",
                  "",
                  "Rebuild the plugin against this host's SDK.",
                  {}}};
  list.not_found = {{"synthetic_traffic", "seedbed.toml:9"}};
  return list;
}

Error full_error() {
  Error error(ExitCode::failed,
              "migration \"0003_add_total.sql\" failed: column \"total\" already exists");
  error.at({"migrations/0003_add_total.sql", 7, 19, "ALTER TABLE orders ADD total int;"})
      .sqlstate("42701")
      .detail("Migrations 0001 and 0002 had been applied before this run.\n0003 was rolled back.")
      .hint("If the column was added by hand, remove it and run \"seedbed up\" again.");
  return error;
}

}  // namespace seedbed::test
