// SQL at fixed points of a run.

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/pgbouncer.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

std::string toml(const std::string& hooks) {
  return "default_environment = \"local\"\n[hooks]\n" + hooks + "[environments.local]\nurl = \"sqlite:unused.db\"\n";
}

constexpr const char* kNote = "INSERT INTO note VALUES ('after_seed')";

}  // namespace

TEST_CASE("hooks run only when something was applied or written", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_note.sql", "CREATE TABLE note (text TEXT);\n");
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.write("hooks/applied.sql", "INSERT INTO note VALUES ('after_migrate');\n");
  workspace.write("seedbed.toml", toml("after_migrate = [\"hooks/applied.sql\"]\nafter_seed = [\"" + std::string(kNote) + "\"]\n"));

  const Finished first = workspace.run({"up"});
  const std::string notes_then = workspace.value("SELECT count(*) FROM note");
  const Finished second = workspace.run({"up"});
  workspace.write("migrations/20260103120000_more.sql", "CREATE TABLE more (a integer);\n");
  const Finished third = workspace.run({"up"});

  CHECK(first.exit_code == 0);
  CHECK_THAT(first.out, ContainsSubstring("2 run"));
  CHECK(notes_then == "2");
  CHECK(second.exit_code == 0);
  CHECK_THAT(third.out, ContainsSubstring("1 run"));
  CHECK(workspace.value("SELECT count(*) FROM note WHERE text = 'after_migrate'") == "2");
  CHECK(workspace.value("SELECT count(*) FROM note WHERE text = 'after_seed'") == "1");
}

TEST_CASE("a hook for one engine runs on that engine alone", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seedbed.toml", toml("after_migrate = [{ postgres = \"INSERT INTO customer VALUES ('postgres')\" }, "
                                       "{ sqlite = \"INSERT INTO customer VALUES ('sqlite', NULL)\" }]\n"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT email FROM customer") == seedbed::host::engine_name(workspace.engine()));
}

TEST_CASE("a hook that must run outside a transaction does", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seedbed.toml", toml("after_migrate = [\"VACUUM\"]\n"));

  const Finished dry = workspace.run({"up", "--dry-run"});
  const Finished up = workspace.run({"up"});

  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, ContainsSubstring("hook of seedbed.toml:3"));
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 run"));
}

TEST_CASE("a hook that must run outside a transaction sets nothing behind a pooler", "[run]") {
  Workspace workspace(Engine::postgres);
  const PgBouncer pooler(workspace.database().url(), 2);
  workspace.write_customer_migration();
  workspace.write("hooks/tidy.sql", "SET maintenance_work_mem = '64MB';\nVACUUM;\n");
  workspace.write("seedbed.toml", toml("after_migrate = [\"hooks/tidy.sql\"]\n"));

  const Finished up = workspace.program().run({"up", "--url", pooler.url()});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("cannot set anything behind a pooler"));
  CHECK_THAT(up.err, ContainsSubstring("hooks/tidy.sql:1:1"));
}

TEST_CASE("a hook that fails is named with its place and what had been done stays", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.write("hooks/broken.sql", "SELECT 1;\nINSERT INTO nowhere VALUES (1);\n");
  workspace.write("seedbed.toml", toml("after_seed = [\"hooks/broken.sql\"]\n"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("hooks/broken.sql:2:"));
  CHECK_THAT(up.err, ContainsSubstring("Seeders that had committed: customers."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("a hook before the migrations runs before them", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_use.sql", "INSERT INTO prepared VALUES (1);\n");
  workspace.write("seedbed.toml", toml("before_migrate = [\"CREATE TABLE prepared (a integer)\"]\n"));

  const Finished dry = workspace.run({"up", "--dry-run"});
  const Finished up = workspace.run({"up"});

  CHECK(dry.exit_code == 0);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM prepared") == "1");
}

TEST_CASE("a file of a hook that does not exist is refused before anything is done", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seedbed.toml", toml("after_seed = [\"hooks/missing.sql\"]\n"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("could not find the hook's file \"hooks/missing.sql\""));
  CHECK(workspace.untouched());
}

TEST_CASE("hooks hear of the migrations that stay when a later one fails", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_note.sql", "CREATE TABLE note (text TEXT);\n");
  workspace.write("migrations/20260102120000_fails.sql", "INSERT INTO nowhere VALUES (1);\n");
  workspace.write("seedbed.toml", toml("after_migrate = [\"INSERT INTO note VALUES ('told')\"]\n"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK(workspace.value("SELECT count(*) FROM note") == "1");
}

TEST_CASE("a hook that controls transactions is refused at its place", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_note.sql", "CREATE TABLE note (text TEXT);\n");
  workspace.write("hooks/own.sql", "INSERT INTO note VALUES ('a');\nCOMMIT;\n");
  workspace.write("seedbed.toml", toml("after_migrate = [\"hooks/own.sql\"]\n"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("a hook cannot control transactions itself"));
  CHECK_THAT(up.err, ContainsSubstring("own.sql:2:1"));
  CHECK(workspace.value("SELECT count(*) FROM note") == "0");
}
