#include "database/sql/created.hpp"

#include "support/catch.hpp"

using namespace seedbed::host;

namespace {

/// "kind name", then the table, then "?" for IF NOT EXISTS; "-" for no Created.
std::string read(std::string_view statement) {
  const std::optional<sql::Created> made = sql::created(statement);
  if (!made) return "-";
  std::string text = made->kind + " " + made->name;
  for (const std::string& part : made->table) text += " / " + part;
  return made->if_not_exists ? text + " ?" : text;
}

}  // namespace

TEST_CASE("what a statement creates outside a schema is read with its name", "[sql]") {
  CHECK(read("CREATE SCHEMA Audit") == "schema audit");
  CHECK(read("create /* new */ schema if not exists \"Mixed \"\"Case\"\"\" AUTHORIZATION ada") == "schema Mixed \"Case\" ?");
  CHECK(read("CREATE SCHEMA AUTHORIZATION ada") == "schema ada");
  CHECK(read("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA extensions") == "extension uuid-ossp ?");
  CHECK(read("CREATE PUBLICATION news FOR TABLE a") == "publication news");
  CHECK(read("CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION f()") == "event trigger watch");
  CHECK(read("CREATE SERVER IF NOT EXISTS far FOREIGN DATA WRAPPER w") == "server far ?");
  CHECK(read("CREATE FOREIGN DATA WRAPPER w") == "foreign data wrapper w");
  CHECK(read("CREATE POLICY \"Own rows\" ON storage.objects FOR SELECT USING (true)") == "policy Own rows / storage / objects");
  CHECK(read("CREATE OR REPLACE TRIGGER t AFTER UPDATE OF a, b ON users EXECUTE FUNCTION f()") == "trigger t / users");
  CHECK(read("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON auth.users EXECUTE FUNCTION f()") == "trigger t / auth / users");
}

TEST_CASE("what lies in a schema and what cannot be read is left out", "[sql]") {
  CHECK(read("CREATE TABLE schema_of (a integer)") == "-");
  CHECK(read("CREATE FOREIGN TABLE t (a integer) SERVER s") == "-");
  CHECK(read("SELECT 'CREATE SCHEMA a'") == "-");
  CHECK(read("CREATE SCHEMA U&\"d\\0061ta\"") == "-");
  CHECK(read("CREATE POLICY p") == "-");
  CHECK(read("") == "-");
}
