// Roles that may do little: what they need, and what an error says of a right that is missing.

#include <regex>
#include <string>
#include <vector>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

/// A role of its own for one test, which may log in and nothing else.
class Role {
 public:
  explicit Role(Workspace& workspace) : database_(workspace.database()), name_("role_of_" + database_.value("SELECT current_database()")) {
    database_.execute("CREATE ROLE " + name_ + " LOGIN");
  }
  ~Role() { database_.execute("DROP OWNED BY " + name_ + " CASCADE; DROP ROLE " + name_); }
  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;

  const std::string& name() const { return name_; }

  std::vector<std::string> with_url(std::vector<std::string> arguments) const {
    const std::string& url = database_.url();
    arguments.insert(arguments.end(), {"--url", url + (url.find('?') == std::string::npos ? "?" : "&") + "user=" + name_});
    return arguments;
  }

  Finished run(const Workspace& workspace, std::vector<std::string> arguments) const {
    return workspace.program().run(with_url(std::move(arguments)));
  }

 private:
  TestDatabase& database_;
  std::string name_;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

/// The lines of host/README.md that grant something to the role "seeder", for `role`.
std::vector<std::string> documented_grants(const Role& role) {
  const std::string text = read_file(std::string(SEEDBED_SOURCE_DIR) + "/host/README.md");
  const std::regex line("    (GRANT [^;\n]* TO seeder;)");
  std::vector<std::string> grants;
  for (auto found = std::sregex_iterator(text.begin(), text.end(), line); found != std::sregex_iterator(); ++found) {
    grants.push_back(replaced((*found)[1], "TO seeder;", "TO " + role.name() + ";"));
  }
  return grants;
}

/// A migrated database with one seeder that has not run, in bulk and with a sequence.
void prepare(Workspace& workspace) {
  workspace.write_customer_migration();
  workspace.add_fixture("plain_c");
  REQUIRE(workspace.run({"up", "--no-seed"}).exit_code == 0);
}

void grant_all(Workspace& workspace, const std::vector<std::string>& grants) {
  for (const std::string& grant : grants) workspace.database().execute(grant);
}

}  // namespace

TEST_CASE("up needs no right to create schemas once the schema of the ledger is there", "[run]") {
  Workspace workspace(Engine::postgres);
  const Role role(workspace);
  workspace.write_customer_migration();
  workspace.add_fixture("plain_c");
  workspace.database().execute("GRANT USAGE, CREATE ON SCHEMA public TO " + role.name());

  const Finished refused = role.run(workspace, {"up"});
  workspace.database().execute("CREATE SCHEMA seedbed AUTHORIZATION " + role.name());
  const Finished up = role.run(workspace, {"up"});
  const Finished again = role.run(workspace, {"up"});

  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, ContainsSubstring("permission denied for database"));
  CHECK_THAT(refused.err, ContainsSubstring("CREATE SCHEMA seedbed AUTHORIZATION " + role.name() + ";"));
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "2");
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
}

TEST_CASE("a role seeds with the rights that are documented and no others", "[run]") {
  Workspace workspace(Engine::postgres);
  prepare(workspace);
  const Role role(workspace);
  const std::vector<std::string> grants = documented_grants(role);
  grant_all(workspace, grants);

  const Finished seed = role.run(workspace, {"seed"});
  const Finished again = role.run(workspace, {"seed"});

  REQUIRE(grants.size() > 5);
  CHECK(seed.exit_code == 0);
  CHECK(seed.err.empty());
  CHECK(workspace.value("SELECT count(*) FROM customer") == "2");
  CHECK(workspace.value("SELECT count(*) FROM seedbed.runs WHERE command = 'seed' AND outcome = 'done'") == "1");
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
}

TEST_CASE("each right that a seeding role lacks is named with the GRANT that mends it", "[run]") {
  Workspace workspace(Engine::postgres);
  prepare(workspace);
  const Role role(workspace);
  const std::vector<std::string> grants = documented_grants(role);
  grant_all(workspace, grants);

  for (const std::string& grant : grants) {
    INFO(grant);
    std::smatch parts;
    REQUIRE(std::regex_match(grant, parts, std::regex("GRANT (.*) ON (.*) TO (.*);")));
    const std::string object = parts[2];
    workspace.database().execute("TRUNCATE customer; DELETE FROM seedbed.seeds; REVOKE ALL ON " + object + " FROM " + role.name());

    const Finished seed = role.run(workspace, {"seed"});
    workspace.database().execute(grant);

    CHECK_THAT(seed.err, ContainsSubstring("Grant it: GRANT "));
    CHECK_THAT(seed.err, ContainsSubstring(" ON " + object + " TO " + role.name() + ";"));
  }
}

TEST_CASE("the rights that are named one after the other are enough to seed", "[run]") {
  Workspace workspace(Engine::postgres);
  prepare(workspace);
  const Role role(workspace);
  const std::regex hint("Grant it: (GRANT [^;]*;)");
  std::smatch found;

  Finished seed = role.run(workspace, {"seed"});
  int granted = 0;
  for (; granted < 30 && std::regex_search(seed.err, found, hint); ++granted) {
    workspace.database().execute(found[1].str());
    workspace.database().execute("TRUNCATE customer; DELETE FROM seedbed.seeds");
    seed = role.run(workspace, {"seed"});
  }

  CHECK(seed.exit_code == 0);
  CHECK(seed.err.empty());
  CHECK(granted > 5);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "2");
  CHECK(workspace.value("SELECT has_table_privilege('" + role.name() + "', 'customer', 'DELETE')") == "f");
}

TEST_CASE("a right that a trigger or a sequence lacks is named", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_audit.sql",
                  "CREATE TABLE audit_log (id serial, email text);\n"
                  "CREATE FUNCTION log_customer() RETURNS trigger LANGUAGE plpgsql AS $$\n"
                  "BEGIN INSERT INTO audit_log (email) VALUES (new.email); RETURN new; END $$;\n"
                  "CREATE TRIGGER customer_audit AFTER INSERT ON customer FOR EACH ROW EXECUTE FUNCTION log_customer();\n");
  workspace.add_fixture("plain_c");
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"sqlite:unused.db\"\ntrigger_tables = [\"audit_log\"]\n");
  REQUIRE(workspace.run({"up", "--no-seed"}).exit_code == 0);
  const Role role(workspace);
  grant_all(workspace, documented_grants(role));

  const Finished table = role.run(workspace, {"seed"});
  workspace.database().execute("GRANT INSERT ON audit_log TO " + role.name());
  const Finished sequence = role.run(workspace, {"seed"});
  workspace.database().execute("GRANT USAGE ON SEQUENCE audit_log_id_seq TO " + role.name());

  CHECK(table.exit_code == 1);
  CHECK_THAT(table.err, ContainsSubstring("Grant it: GRANT INSERT ON public.audit_log TO " + role.name() + ";"));
  CHECK(sequence.exit_code == 1);
  CHECK_THAT(sequence.err, ContainsSubstring("Grant it: GRANT USAGE ON SEQUENCE public.audit_log_id_seq TO " + role.name() + ";"));
  CHECK(role.run(workspace, {"seed"}).exit_code == 0);
}

TEST_CASE("a migration that its role may not run names the owner or the grant", "[run]") {
  Workspace workspace(Engine::postgres);
  const Role role(workspace);
  workspace.database().execute("CREATE SCHEMA seedbed AUTHORIZATION " + role.name() + "; CREATE TABLE invoice (id integer); "
                               "CREATE FUNCTION total() RETURNS integer LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION total() FROM PUBLIC;"
                               "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  const auto [sql, words] = GENERATE(table<std::string, std::string>({
      {"ALTER TABLE invoice ADD COLUMN total integer;", "Only its owner may: run as postgres, or change the owner: ALTER TABLE public.invoice OWNER TO ROLE;"},
      {"CREATE TABLE other (id integer);", "Grant it: GRANT CREATE ON SCHEMA public TO ROLE;"},
      {"SELECT total();", "Grant it: GRANT EXECUTE ON FUNCTION total() TO ROLE;"},
      {"CREATE SCHEMA shop;", "Grant it: GRANT CREATE ON DATABASE"},
      {"INSERT INTO invoice VALUES (1);", "Grant it: GRANT INSERT ON public.invoice TO ROLE;"},
      {"UPDATE invoice SET id = 1;", "Grant it: GRANT SELECT, UPDATE ON public.invoice TO ROLE;"},
      {"COPY invoice FROM stdin;\n1\n\\.\n", "Grant it: GRANT INSERT ON public.invoice TO ROLE;"},
  }));
  workspace.write("migrations/20260101120000_try.sql", sql);

  const Finished up = role.run(workspace, {"up", "--accept-nonempty"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring(replaced(words, "ROLE", role.name())));
}

TEST_CASE("a missing right is named on a schema that is not in the search path", "[run]") {
  Workspace workspace(Engine::postgres);
  const Role role(workspace);
  workspace.database().execute("CREATE SCHEMA seedbed AUTHORIZATION " + role.name() + "; CREATE SCHEMA shop; CREATE TABLE shop.invoice (id integer); "
                               "CREATE TABLE invoice (id integer); GRANT USAGE ON SCHEMA shop TO " + role.name());
  workspace.write("migrations/20260101120000_try.sql", "DELETE FROM shop.invoice;");

  const Finished up = role.run(workspace, {"up", "--accept-nonempty"});

  CHECK_THAT(up.err, ContainsSubstring("Grant it: GRANT SELECT, DELETE ON shop.invoice TO "));
}

TEST_CASE("rows that row-level security hides are told and do not stop a seeder", "[run]") {
  Workspace workspace(Engine::postgres);
  prepare(workspace);
  const Role role(workspace);
  grant_all(workspace, documented_grants(role));
  workspace.database().execute("INSERT INTO customer VALUES ('grace@example.test', 'edited'); ALTER TABLE customer ENABLE ROW LEVEL SECURITY; "
                               "CREATE POLICY write_only ON customer FOR INSERT WITH CHECK (true); "
                               "CREATE POLICY visible_ones ON customer FOR SELECT USING (name <> 'edited')");

  const Finished seed = role.run(workspace, {"seed"});

  CHECK(seed.exit_code == 0);
  CHECK_THAT(seed.out, ContainsSubstring("1 inserted    1 unchanged"));
  CHECK_THAT(seed.out, ContainsSubstring("1 of the rows for customer is there, but its row-level security hides it from role " + role.name()));
  CHECK(workspace.value("SELECT name FROM customer WHERE email = 'grace@example.test'") == "edited");
}

TEST_CASE("row-level security that hides nothing is not told", "[run]") {
  Workspace workspace(Engine::postgres);
  prepare(workspace);
  const Role role(workspace);
  grant_all(workspace, documented_grants(role));
  workspace.database().execute("ALTER TABLE customer ENABLE ROW LEVEL SECURITY; "
                               "CREATE POLICY seeding ON customer TO " + role.name() + " USING (true) WITH CHECK (true)");

  const Finished seed = role.run(workspace, {"seed"});
  const Finished again = role.run(workspace, {"seed"});

  CHECK(seed.exit_code == 0);
  CHECK(seed.out.find("row-level") == std::string::npos);
  CHECK(again.out.find("row-level") == std::string::npos);
}

TEST_CASE("statements of a folder are told that row-level security applies", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  REQUIRE(workspace.run({"up", "--no-seed"}).exit_code == 0);
  const Role role(workspace);
  grant_all(workspace, documented_grants(role));
  workspace.database().execute("ALTER TABLE customer ENABLE ROW LEVEL SECURITY; CREATE POLICY seeding ON customer USING (name = 'Ada')");

  const Finished seed = role.run(workspace, {"seed"});

  CHECK(seed.exit_code == 0);
  CHECK_THAT(seed.out, ContainsSubstring("row-level security of customer applies to role " + role.name()));
}

TEST_CASE("a row that row-level security refuses shows the policies and what to do", "[run]") {
  Workspace workspace(Engine::postgres);
  prepare(workspace);
  const Role role(workspace);
  grant_all(workspace, documented_grants(role));
  workspace.database().execute("ALTER TABLE customer ENABLE ROW LEVEL SECURITY");

  const Finished none = role.run(workspace, {"seed"});
  workspace.database().execute("CREATE POLICY only_alan ON customer USING (name = 'Alan')");
  const Finished some = role.run(workspace, {"seed"});

  CHECK(none.exit_code == 1);
  CHECK_THAT(none.err, ContainsSubstring("new row violates row-level security policy for table \"customer\""));
  CHECK_THAT(none.err, ContainsSubstring("Table public.customer has row-level security, and no policy of it lets " + role.name() + " write."));
  CHECK_THAT(none.err, ContainsSubstring("CREATE POLICY seedbed ON public.customer TO " + role.name() + " USING (true) WITH CHECK (true);"));
  CHECK_THAT(some.err, ContainsSubstring("The policies of public.customer that apply to " + role.name() + ": only_alan for all: (name = 'Alan'::text)."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}
