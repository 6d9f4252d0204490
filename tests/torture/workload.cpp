#include "torture/workload.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

namespace seedbed::test {

using host::Engine;

namespace {

struct File {
  const char* name;
  const char* text;
};

constexpr File kForBoth[] = {
    {"20260101000000_customers.sql", R"(
CREATE TABLE customer (email text NOT NULL PRIMARY KEY, name text NOT NULL, visits integer NOT NULL DEFAULT 0);
CREATE TABLE tally (what text NOT NULL, how_many integer NOT NULL);
INSERT INTO customer (email, name) VALUES ('ada@example.test', 'Ada'), ('alan@example.test', 'Alan');
INSERT INTO tally VALUES ('customers', 2);
)"},
    {"20260102000000_orders.sql", R"(
BEGIN;
CREATE TABLE purchase (id integer NOT NULL PRIMARY KEY, email text NOT NULL REFERENCES customer ON DELETE CASCADE);
INSERT INTO purchase VALUES (1, 'ada@example.test'), (2, 'ada@example.test'), (3, 'alan@example.test');
INSERT INTO tally SELECT 'purchases', count(*) FROM purchase;
COMMIT;
)"},
    {"20260106000000_visits.sql", R"(
UPDATE customer SET visits = visits + 1;
ALTER TABLE customer ADD COLUMN note text;
UPDATE customer SET note = coalesce(note, '') || 'x';
UPDATE tally SET how_many = how_many + 100 WHERE what = 'customers';
)"},
    {"20260110000000_totals.sql", R"(
CREATE VIEW total AS SELECT what, sum(how_many) AS how_many FROM tally GROUP BY what;
INSERT INTO tally SELECT what || ' again', how_many FROM total;
UPDATE customer SET visits = visits * 2;
)"},
};

constexpr File kForPostgres[] = {
    {"20260103000000_prices.sql",
     "CREATE TABLE price (item text NOT NULL, cents integer NOT NULL);\n"
     "COPY price FROM stdin;\nbread\t350\nmilk\t120\n\\.\n"
     "COPY price (cents, item) FROM stdin;\n1999\tcheese\n\\.\n"
     "UPDATE price SET cents = cents + 1;\n"},
    {"20260104000000_audit.sql", R"(
CREATE TABLE audit (email text NOT NULL, visits integer NOT NULL);
CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit VALUES (new.email, new.visits);
  RETURN new;
END $$;
CREATE TRIGGER remember AFTER INSERT ON customer FOR EACH ROW EXECUTE FUNCTION remember();
INSERT INTO customer (email, name) VALUES ('grace@example.test', 'Grace');
)"},
    {"20260105000000_index.sql", R"(
CREATE INDEX CONCURRENTLY purchase_of_customer ON purchase (email);
)"},
    {"20260107000000_outside.sql", R"(-- seedbed: no-transaction
INSERT INTO tally VALUES ('outside', 1);
CREATE UNIQUE INDEX CONCURRENTLY price_of_item ON price (item);
UPDATE tally SET how_many = how_many + 1 WHERE what = 'outside';
COPY tally FROM stdin;
copied	7
\.
DROP INDEX CONCURRENTLY purchase_of_customer;
VACUUM tally;
DO $$ BEGIN
  INSERT INTO tally SELECT 'commits by itself', 1 WHERE NOT EXISTS (SELECT FROM tally WHERE what = 'commits by itself');
  COMMIT;
END $$;
INSERT INTO tally VALUES ('outside too', 1);
)"},
    {"20260108000000_enum.sql", R"(
CREATE TYPE mood AS ENUM ('sad');
ALTER TABLE customer ADD COLUMN mood mood NOT NULL DEFAULT 'sad';
CREATE SEQUENCE ticket START 5;
INSERT INTO tally SELECT 'tickets', nextval('ticket');
)"},
    {"20260109000000_moods.sql", R"(
ALTER TYPE mood ADD VALUE 'glad';
SET search_path = pg_catalog;
DO $$ BEGIN INSERT INTO public.tally VALUES ('moods', 2); END $$;
CREATE MATERIALIZED VIEW public.known AS SELECT email FROM public.customer;
)"},
};

constexpr File kForSqlite[] = {
    {"20260103000000_prices.sql", R"(
CREATE TABLE price (item text NOT NULL, cents integer NOT NULL);
INSERT INTO price VALUES ('bread', 350), ('milk', 120), ('cheese', 1999);
UPDATE price SET cents = cents + 1;
)"},
    {"20260104000000_audit.sql", R"(
CREATE TABLE audit (email text NOT NULL, visits integer NOT NULL);
CREATE TRIGGER remember AFTER INSERT ON customer BEGIN INSERT INTO audit VALUES (new.email, new.visits); END;
INSERT INTO customer (email, name) VALUES ('grace@example.test', 'Grace');
)"},
    {"20260105000000_index.sql", R"(
CREATE INDEX purchase_of_customer ON purchase (email);
INSERT INTO tally VALUES ('indexes', 1);
)"},
    {"20260107000000_outside.sql", R"(-- seedbed: no-transaction
INSERT INTO tally VALUES ('outside', 1);
VACUUM;
UPDATE tally SET how_many = how_many + 1 WHERE what = 'outside';
CREATE UNIQUE INDEX price_of_item ON price (item);
INSERT INTO tally VALUES ('outside too', 1);
)"},
    {"20260108000000_rebuild.sql", R"(
PRAGMA foreign_keys = OFF;
CREATE TABLE new_customer (email text NOT NULL PRIMARY KEY, name text NOT NULL, visits integer NOT NULL DEFAULT 0, note text);
INSERT INTO new_customer SELECT email, name, visits + 10, note FROM customer;
DROP TABLE customer;
ALTER TABLE new_customer RENAME TO customer;
CREATE TRIGGER remember AFTER INSERT ON customer BEGIN INSERT INTO audit VALUES (new.email, new.visits); END;
PRAGMA foreign_keys = ON;
)"},
    {"20260109000000_moods.sql", R"(
ALTER TABLE customer ADD COLUMN mood text NOT NULL DEFAULT 'sad';
INSERT INTO tally VALUES ('moods', 1);
)"},
};

constexpr const char* kPostgresSchema = R"(
SELECT 'relation', format('%s %s persistence=%s populated=%s', c.oid::regclass, c.relkind, c.relpersistence, c.relispopulated)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'seedbed') OR n.nspname LIKE 'pg\_temp%'
UNION ALL
SELECT 'column', format('%s.%s %s not null=%s default=%s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', format('%s on %s %s', conname, conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', format('%s valid=%s ready=%s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'function', pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'view', pg_get_viewdef(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
UNION ALL
SELECT 'enum', format('%s %s', enumtypid::regtype, enumlabel) FROM pg_enum
UNION ALL
SELECT 'lock', format('held=%s', run IS NOT NULL) FROM seedbed.lock WHERE id = 1
UNION ALL
SELECT 'heartbeat', format('beating=%s', lease_until > clock_timestamp()) FROM seedbed.lock WHERE id = 2 AND lease_until > clock_timestamp()
UNION ALL
SELECT 'prepared transaction', gid FROM pg_prepared_xacts WHERE database = current_database()
ORDER BY 1, 2)";

void write_seeder(const TempDir& folder, const std::string& name, const std::string& declaration) {
  write_file(folder / ("plugins/" + name) / "seeder.toml", fmt::format("name = \"{}\"\nversion = \"1.0.0\"\n{}", name, declaration));
}

void append(std::string& state, const std::string& label, const std::vector<std::vector<std::string>>& rows) {
  for (const auto& row : rows) {
    std::string line = label;
    for (const std::string& value : row) line += " | " + value;
    std::ranges::replace(line, '\n', ' ');
    state += line + "\n";
  }
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

Workload::Workload(Engine engine, Seeding seeding) : engine_(engine) {
  const auto write = [&](const File& file) { write_file(folder_ / (std::string("migrations/") + file.name), file.text); };
  for (const File& file : kForBoth) write(file);
  if (engine == Engine::postgres) {
    for (const File& file : kForPostgres) write(file);
  } else {
    for (const File& file : kForSqlite) write(file);
  }
  write_file(folder_ / "seedbed.toml",
             fmt::format("default_environment = \"local\"\n[seeders]\ntransaction = \"{}\"\n"
                         "[environments.local]\ntier = \"development\"\nurl = \"sqlite:unused.db\"\nseeders = [\"*\"]\n",
                         seeding == Seeding::all ? "all" : "each"));
  write_seeder(folder_, "people", "writes = [\"customer\", \"audit\"]\n");
  write_file(folder_ / "plugins/people/01_rows.sql",
             "INSERT INTO customer (email, name) VALUES ('seeded@example.test', 'Ada') ON CONFLICT (email) DO NOTHING;\n"
             "UPDATE customer SET visits = 7 WHERE email = 'seeded@example.test' AND visits <> 7;\n");
  write_seeder(folder_, "goods",
               "writes = [\"price\"]\n[[table]]\nfile = \"price.csv\"\nname = \"price\"\nkey = [\"item\"]\n"
               "mode = \"insert_missing\"\n");
  std::string goods = "item,cents\n";
  for (int i = 0; i < 40; ++i) goods += fmt::format("item {},{}\n", i, i * 7);
  write_file(folder_ / "plugins/goods/price.csv", goods);
  write_seeder(folder_, "sums", "after = [\"goods\"]\nwrites = [\"tally\"]\n");
  write_file(folder_ / "plugins/sums/01_rows.sql",
             "INSERT INTO tally SELECT 'goods', count(*) FROM price HAVING NOT EXISTS (SELECT 1 FROM tally WHERE what = 'goods');\n");
}

std::string Workload::expected() const {
  TestDatabase database(engine_);
  const Finished up = program().run({"up", "--url", database.url()});
  if (up.exit_code != 0) throw std::runtime_error("an undisturbed run failed:\n" + up.out + up.err);
  return state_of(database);
}

std::string state_of(TestDatabase& database) {
  const bool postgres = database.engine() == Engine::postgres;
  const std::string ledger = postgres ? "seedbed." : "seedbed_";
  std::string state;
  append(state, "schema", database.rows(postgres ? kPostgresSchema
                                                 : "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"));
  const auto tables = database.rows(
      postgres ? "SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'm', 'S') ORDER BY 1"
               : "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'seedbed\\_%' ESCAPE '\\' ORDER BY name");
  for (const auto& row : tables) {
    const std::string& table = row[0];
    // A sequence does not go back with its transaction, and log_cnt is the server's own business.
    if (postgres && table == "ticket") continue;
    auto rows = database.rows("SELECT * FROM " + table);
    std::ranges::sort(rows);
    append(state, table, rows);
  }
  append(state, "migrations", database.rows("SELECT version, name, file, sha256, token_hash FROM " + ledger + "migrations ORDER BY version"));
  append(state, "statements", database.rows("SELECT * FROM " + ledger + "statements"));
  append(state, "seeds", database.rows("SELECT seeder, item, fingerprint, version FROM " + ledger + "seeds ORDER BY 1, 2"));
  return state;
}

Difference difference(const std::string& expected, const std::string& found) {
  const std::vector<std::string> wanted = sorted_lines(expected), there = sorted_lines(found);
  std::vector<std::string> lost, excess;
  std::ranges::set_difference(wanted, there, std::back_inserter(lost));
  std::ranges::set_difference(there, wanted, std::back_inserter(excess));
  Difference result{lost.size(), excess.size(), ""};
  for (const std::string& line : lost) result.text += "- " + line + "\n";
  for (const std::string& line : excess) result.text += "+ " + line + "\n";
  return result;
}

}  // namespace seedbed::test
