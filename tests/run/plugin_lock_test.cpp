// seedbed.lock, and whose files plugins may be.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/json.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace fs = std::filesystem;

namespace {

/// A project with one plugin and one seeder folder.
void write_project(const Workspace& workspace) {
  workspace.write_customer_migration();
  workspace.add_fixture("plain_c");
  workspace.write_seeder("customers", insert_customer("a"));
}

Finished lock(const Workspace& workspace) { return workspace.run({"plugins", "lock"}); }

void replace_plugin(const Workspace& workspace, const std::string& other) {
  fs::copy_file(fs::path(SEEDBED_BINARY_DIR) / "tests/plugins" / other / (other + ".so"), workspace.path("plugins/plain_c.so"),
                fs::copy_options::overwrite_existing);
}

void set_permissions(const fs::path& path, unsigned mode) { REQUIRE(chmod(path.c_str(), mode) == 0); }

void give_away(const fs::path& path) {
  INFO("only root can give a file away");
  REQUIRE(lchown(path.c_str(), 65534, 65534) == 0);
}

/// A plugin directory without a configuration, as an environment of tier staging has it.
Finished seeders_in_staging(const Workspace& workspace) { return workspace.run({"plugins", "--tier", "staging"}); }

}  // namespace

TEST_CASE("locked plugins and folders run as ever", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);

  const Finished locked = lock(workspace);
  const Finished up = workspace.run({"up", "--locked"});
  const Finished isolated = workspace.run({"seed", "--locked", "--isolate"});

  CHECK(locked.exit_code == 0);
  CHECK_THAT(locked.out, ContainsSubstring("seedbed.lock has 2 seeder files: 2 added."));
  CHECK(up.exit_code == 0);
  CHECK(isolated.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "3");
}

TEST_CASE("the lock is sorted text with a version and a line a plugin", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);

  lock(workspace);
  const std::string first = read_file(workspace.path("seedbed.lock"));
  lock(workspace);

  CHECK_THAT(first, Catch::Matchers::StartsWith("seedbed.lock 1\n# "));
  const std::size_t folder = first.find("\nfolder   "), library = first.find("\nlibrary  ");
  REQUIRE(folder != std::string::npos);
  CHECK(folder < library);
  CHECK(first.substr(folder + 10 + 64, 20) == "  plugins/customers\n");
  CHECK_THAT(first, Catch::Matchers::EndsWith("  plugins/plain_c.so\n"));
  CHECK(read_file(workspace.path("seedbed.lock")) == first);
}

TEST_CASE("a plugin that is not as the lock has it is refused with both hashes", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);
  lock(workspace);
  const std::string expected = read_file(workspace.path("seedbed.lock"));
  replace_plugin(workspace, "throws_int");

  const Finished up = workspace.run({"up"});
  const Finished isolated = workspace.run({"up", "--isolate"});
  const bool untouched = workspace.untouched();
  const Finished accepted = lock(workspace);

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("plugin \"" + workspace.path("plugins/plain_c.so").string() + "\" is not as seedbed.lock has it"));
  CHECK_THAT(up.err, ContainsSubstring("Expected SHA-256 " + expected.substr(expected.rfind("  plugins/plain_c") - 64, 64)));
  CHECK_THAT(up.err, ContainsSubstring("Found SHA-256    "));
  CHECK_THAT(up.err, ContainsSubstring("If it is meant to run, accept it: seedbed plugins lock"));
  CHECK(isolated.err == up.err);
  CHECK(untouched);
  CHECK_THAT(accepted.out, ContainsSubstring("2 seeder files: 1 changed, 1 unchanged."));
}

TEST_CASE("a seeder folder with another file or an edited one is refused by the lock", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);
  lock(workspace);
  const std::string edited = GENERATE("plugins/customers/01_rows.sql", "plugins/customers/02_more.sql", "plugins/customers/seeder.toml");
  workspace.write(edited, "-- nothing\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("seeder folder \"" + workspace.path("plugins/customers").string() + "\" is not as seedbed.lock has it"));
  CHECK(workspace.untouched());
}

TEST_CASE("a locked seeder folder that changes while it runs is rolled back", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.write("plugins/customers/02_wait.sql", workspace.engine() == Engine::postgres
                      ? "SELECT pg_sleep(2);\n"
                      : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000000) SELECT count(*) FROM n;\n");
  workspace.write("plugins/customers/03_more.sql", insert_customer("b"));
  lock(workspace);

  Running up = workspace.start({"up", "-v"});
  up.wait_for_output("seeder_started");
  workspace.write("plugins/customers/03_more.sql", insert_customer("intruder"));
  const Finished finished = up.wait();

  CHECK(finished.exit_code == 4);
  CHECK_THAT(finished.err, ContainsSubstring("was changed while it ran") && ContainsSubstring("no longer as the lock has it"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("what the lock does not know is refused before it is read any further", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  lock(workspace);
  workspace.write("plugins/new.so", "no library at all");

  const Finished up = workspace.run({"up"});
  const Finished list = workspace.run({"plugins"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("plugins/new.so\" is not in seedbed.lock"));
  CHECK_THAT(up.err, ContainsSubstring("Its SHA-256 is "));
  CHECK(list.exit_code == 4);
  CHECK_THAT(list.out, ContainsSubstring("broken: plugin \""));
  CHECK_THAT(list.out, ContainsSubstring("Locked: each has the hash that seedbed.lock has of it."));
}

TEST_CASE("a lock is demanded with --locked and then has to be there", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  const std::string command = GENERATE("up", "seed", "plugins", "status");

  const Finished run = workspace.run({command, "--locked"});

  CHECK(run.exit_code == 4);
  CHECK_THAT(run.err, ContainsSubstring("--locked was given, and there is no seedbed.lock"));
  CHECK_THAT(run.err, ContainsSubstring(workspace.path("seedbed.lock").string()));
  CHECK(workspace.untouched());
}

TEST_CASE("with --locked nothing that the lock has may be gone", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  lock(workspace);
  fs::remove(workspace.path("plugins/plain_c.so"));

  const Finished demanded = workspace.run({"up", "--locked"});
  const Finished up = workspace.run({"up"});
  const Finished again = lock(workspace);

  CHECK(demanded.exit_code == 4);
  CHECK_THAT(demanded.err, ContainsSubstring("plugins/plain_c.so\" is in seedbed.lock, but was not found"));
  CHECK(up.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("1 seeder file: 1 removed, 1 unchanged."));
}

TEST_CASE("a lock that cannot be read is refused at its line and written anew", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  const auto [text, why, line] = GENERATE(table<std::string, std::string, std::string>({
      {"", "it is empty", ""},
      {"library a\n", "it does not begin with \"seedbed.lock 1\"", ":1"},
      {"seedbed.lock 2\n", "its version is \"2\", this seedbed knows version 1", ":1"},
      {"seedbed.lock 1\n<<<<<<< ours\n", "a line is not \"library\" or \"folder\"", ":2"},
      {"seedbed.lock 1\nlibrary  12ab  plugins/plain_c.so\n", "a SHA-256 of 64 lower-case digits", ":2"},
      {"seedbed.lock 1\nlibrary  " + std::string(64, 'a') + "  a\nfolder  " + std::string(64, 'a') + "  a\n", "\"a\" stands in it twice", ":3"},
  }));
  workspace.write("seedbed.lock", text);

  const Finished up = workspace.run({"up"});
  const Finished again = lock(workspace);

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("could not read \"" + workspace.path("seedbed.lock").string() + "\": "));
  CHECK_THAT(up.err, ContainsSubstring(why));
  CHECK_THAT(up.err, ContainsSubstring("seedbed.lock" + line));
  CHECK(again.exit_code == 0);
  CHECK(workspace.run({"up", "--locked"}).exit_code == 0);
}

TEST_CASE("a lock with line ends of Windows counts as it is", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  lock(workspace);
  const std::string text = read_file(workspace.path("seedbed.lock"));
  std::string windows;
  for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  workspace.write("seedbed.lock", windows);

  CHECK(workspace.run({"up", "--locked"}).exit_code == 0);
  replace_plugin(workspace, "throws_int");
  CHECK(workspace.run({"up", "--locked"}).exit_code == 4);
}

TEST_CASE("the lock of a project is found from a folder below it", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"sqlite:shop.db\"\n");
  lock(workspace);
  replace_plugin(workspace, "throws_int");
  fs::create_directories(workspace.path("deep/below"));

  const Finished up = Program(workspace.path("deep/below")).run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("is not as seedbed.lock has it"));
}

TEST_CASE("a lock is told as JSON and markdown too", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);

  const Finished json = workspace.run({"plugins", "lock", "--format", "json"});
  replace_plugin(workspace, "throws_int");
  const Finished markdown = workspace.run({"plugins", "lock", "--format", "markdown"});
  const auto list = nlohmann::json::parse(workspace.run({"plugins", "--format", "json"}).out);

  const auto document = nlohmann::json::parse(json.out);
  CHECK(document["schema"] == "seedbed.lock/1");
  CHECK(document["seeders"].size() == 2);
  CHECK(document["seeders"][1]["file"] == "plugins/plain_c.so");
  CHECK(document["seeders"][1]["change"] == "added");
  CHECK(document["seeders"][1]["before_sha256"].is_null());
  CHECK_THAT(markdown.out, ContainsSubstring("| changed | "));
  CHECK_THAT(markdown.out, ContainsSubstring(", was " + document["seeders"][1]["sha256"].get<std::string>().substr(0, 12)));
  CHECK(list["lock_file"] == workspace.path("seedbed.lock").string());
}

TEST_CASE("a word that plugins does not take is refused", "[run]") {
  Workspace workspace(Engine::sqlite);

  CHECK_THAT(workspace.run({"plugins", "unlock"}).err, ContainsSubstring("\"plugins\" takes no argument \"unlock\""));
  CHECK_THAT(workspace.run({"plugins", "lock", "--graph", "mermaid"}).err, ContainsSubstring("\"--graph\" has no meaning with \"plugins lock\""));
}

TEST_CASE("a lock that cannot be written says why and leaves nothing behind", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  fs::create_directories(workspace.path("seedbed.lock.new"));

  const Finished run = lock(workspace);

  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, ContainsSubstring("could not write \"" + workspace.path("seedbed.lock").string() + "\": Is a directory"));
  CHECK_FALSE(fs::exists(workspace.path("seedbed.lock")));
}

TEST_CASE("a plugin that everybody may write is refused and so is a folder above it", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);
  const std::string open = GENERATE("plugins/plain_c.so", "plugins", "plugins/customers", "plugins/customers/01_rows.sql");
  set_permissions(workspace.path(open), 0777);

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("is refused: everybody may write to f"));
  CHECK_THAT(up.err, ContainsSubstring("\"" + workspace.path(open).string()));
  CHECK_THAT(up.err, ContainsSubstring("Its permissions are rwxrwxrwx."));
  CHECK_THAT(up.err, ContainsSubstring("chmod o-w " + workspace.path("plugins").string()));
  CHECK(workspace.untouched());
}

TEST_CASE("a sticky folder that everybody may write is no fault", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);
  set_permissions(workspace.path("plugins"), 01777);

  CHECK(workspace.run({"up"}).exit_code == 0);
}

TEST_CASE("what a group may write is refused above development alone", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  const std::string open = GENERATE("plugins/plain_c.so", "plugins", "plugins/customers/seeder.toml");
  set_permissions(workspace.path(open), 0775);

  const Finished staging = seeders_in_staging(workspace);
  const Finished development = workspace.run({"up"});

  CHECK(staging.exit_code == 4);
  CHECK_THAT(staging.out, ContainsSubstring(" may write to f"));
  CHECK_THAT(staging.out, ContainsSubstring("Tier staging takes no plugins that a group may change."));
  CHECK_THAT(staging.out, ContainsSubstring("chmod g-w " + workspace.path(open).string()));
  CHECK(development.exit_code == 0);
}

TEST_CASE("a plugin that belongs to somebody else is refused and so is a folder or link on its way", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);
  fs::create_symlink("plain_c.so", workspace.path("plugins/link.so"));
  const std::string given = GENERATE("plugins/plain_c.so", "plugins", "plugins/customers/01_rows.sql", "plugins/link.so");
  give_away(workspace.path(given));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("belongs to \"nobody\""));
  CHECK_THAT(up.err, ContainsSubstring("It has to belong to root or to \"root\""));
  CHECK_THAT(up.err, ContainsSubstring("chown "));
  CHECK(workspace.untouched());
}

TEST_CASE("a link is followed to where others may write", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  fs::create_directories(workspace.path("shared/deep"));
  fs::rename(workspace.path("plugins/plain_c.so"), workspace.path("shared/deep/plain_c.so"));
  fs::create_symlink("deep", workspace.path("shared/way"));
  fs::create_symlink("../shared/way/../deep/plain_c.so", workspace.path("plugins/plain_c.so"));
  const Finished before = workspace.run({"plugins"});
  set_permissions(workspace.path("shared"), 0777);

  const Finished after = workspace.run({"plugins"});

  CHECK(before.exit_code == 0);
  CHECK(after.exit_code == 4);
  CHECK_THAT(after.out, ContainsSubstring("everybody may write to folder \"" + workspace.path("shared").string() + "\""));
}

TEST_CASE("a lock that others may write is refused", "[run]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  lock(workspace);
  set_permissions(workspace.path("seedbed.lock"), 0666);

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("is refused: everybody may write to file"));
}
