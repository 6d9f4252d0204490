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

Proof mixed_proof() {
  Proof proof;
  proof.environment = "local";
  proof.url = "sqlite:shop.db";
  proof.edits_tried = true;
  SeederProof rbac;
  rbac.name = "rbac";
  rbac.version = "1.0.0";
  rbac.first = {"", 16, 0, 0};
  rbac.scratched = true;
  rbac.took = std::chrono::microseconds(1200);
  rbac.edited.push_back({"casbin_rule", "insert_missing", 2, 0, 1, 0, true});
  SeederProof customers;
  customers.name = "customers";
  customers.version = "1.1.0";
  customers.first = {"", 2, 1, 0};
  customers.unchanged = 3;
  customers.scratched = true;
  customers.edited.push_back({"customer", "update_changed", 0, 2, 1, 0, false});
  StrayWrite write{{"customer", 2, 0, 0}, {"id = 3", "id = 4"}, "no unique index on (email)"};
  customers.faults.push_back({Pass::second, {write}, {}, ""});
  customers.faults.push_back({Pass::after_edits, {}, {}, "customer: insert_missing keeps edits, but an edit of name was undone (id = 3)"});
  Error refused(ExitCode::failed, "duplicate key value violates unique constraint \"customer_email_key\"");
  refused.sqlstate("23505").at({"plugins/customers/01_rows.sql", 3, 1, "INSERT INTO customer VALUES (3)"}).detail("Key (email)=(a) already exists.");
  customers.faults.push_back({Pass::two_at_once, {}, refused, ""});
  SeederProof sql;
  sql.name = "sql";
  sql.first = {"", 0, 0, 0};
  sql.doubts.push_back({{"seeds/01.sql", 3, 20, "INSERT INTO day VALUES (CURRENT_DATE)"}, "", "CURRENT_DATE", true});
  sql.doubts.push_back({{}, "INSERT INTO t VALUES (now()) …", "now()", false});
  sql.not_scratched = "its run on an empty database failed: relation \"day\" does not exist";
  SeederProof archive;
  archive.name = "archive";
  archive.version = "1.0.0";
  archive.first = {"", 5, 0, 0};
  archive.once = true;
  archive.scratched = true;
  SeederProof after;
  after.name = "orders";
  after.version = "1.0.0";
  after.blocked = "it comes after customers, which failed";
  SeederProof late;
  late.name = "late";
  late.version = "2.0.0";
  late.left_out = "needs migration 20260301120000";
  proof.seeders = {rbac, customers, sql, archive, after, late};
  proof.notices = {"Materialized view totals is out of date: this role may not refresh it."};
  proof.took = std::chrono::microseconds(62000);
  return proof;
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
