// Plugin directories with something wrong in them: a clear error, nothing written, the host alive.

#include <filesystem>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(SEEDBED_BINARY_DIR) / "tests/plugins" / name / (name + ".so");
}

}  // namespace

TEST_CASE("a text file in a plugin directory is left alone", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("plugins/README.txt", "Seeders go here.\n");
  workspace.write("plugins/notes/ideas.md", "No seeder.toml, no seeder.\n");

  CHECK(workspace.run({"up"}).exit_code == 0);
}

TEST_CASE("a text file named like a library is refused", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("plugins/notes.so", "This is no library.\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("plugins/notes.so\" is no shared library: it is no ELF file"));
  CHECK_THAT(up.err, ContainsSubstring("No plugin was loaded, and the database was not changed."));
  CHECK(workspace.untouched());
}

TEST_CASE("an empty library is refused", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("plugins/nothing.so", "");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("plugins/nothing.so\" is an empty file"));
  CHECK(workspace.untouched());
}

TEST_CASE("a truncated library is refused", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("plugins/half.so", read_file(fixture("plain_c")).substr(0, 2000));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("plugins/half.so\" is truncated"));
  CHECK(workspace.untouched());
}

TEST_CASE("a stray library is refused and its constructor does not run", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("stray_library");
  const std::string trace = workspace.path("trace").string();

  const Finished up =
      workspace.program().environment("SEEDBED_STRAY_LIBRARY_TRACE", trace).run({"up", "--url", workspace.database().url()});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("plugins/stray_library.so\" is a shared library but no seeder plugin"));
  CHECK_FALSE(std::filesystem::exists(trace));
  CHECK(workspace.untouched());
}

TEST_CASE("stripped plugins and plugins in C and several in one library run", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  const std::string name = GENERATE("stripped", "plain_c", "several_seeders");
  workspace.add_fixture(name);

  const Finished up = workspace.run({"up"});
  const Finished again = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") != "0");
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
}

TEST_CASE("up refuses a plugin that speaks another ABI", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  const std::string name = GENERATE("wrong_abi", "wrong_table_abi");
  workspace.add_fixture(name);

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("plugins/" + name + ".so\" speaks ABI 2, this host speaks ABI 1"));
  CHECK_THAT(up.err, ContainsSubstring("Rebuild the plugin against this host's SDK."));
  CHECK(workspace.untouched());
}

TEST_CASE("a plugin without its entry point is refused", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("missing_entry");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("plugins/missing_entry.so\""));
  CHECK_THAT(up.err, ContainsSubstring("seedbed_plugin_entry"));
  CHECK(workspace.untouched());
}

TEST_CASE("a plugin that needs a symbol no library has is refused before anything runs", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("undefined_symbol");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("undefined symbol"));
  CHECK_THAT(up.err, ContainsSubstring("seedbed_test_function_that_no_library_has"));
  CHECK(workspace.untouched());
}

TEST_CASE("a plugin that needs a library beside it is refused by that library's name", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();

  const Finished up = workspace.run({"up", "--seeders", SEEDBED_BINARY_DIR "/tests/plugins/private_library"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("private_library.so\" could not be loaded: libprivate_answer.so: cannot open shared object file"));
  CHECK_THAT(up.err, ContainsSubstring("link them statically, or install them."));
  CHECK(workspace.untouched());
}

TEST_CASE("a library whose table is not what its file declares is refused", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  const std::string name = GENERATE("short_table", "undeclared_seeder");
  workspace.add_fixture(name);

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("plugins/" + name + ".so\" hands out a"));
  CHECK(workspace.untouched());
}

TEST_CASE("a plugin that throws or reports failure is rolled back with its own words", "[run]") {
  struct Case {
    std::string fixture, words;
  };
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const Case fault = GENERATE(Case{"throws_exception", "the price list has no line 7"},
                              Case{"throws_int", "threw something that is not a std::exception"},
                              Case{"reports_failure", "the price list"},
                              Case{"unknown_parameter", "\"amount\""});
  workspace.write_customer_migration();
  workspace.write_seeder("before", insert_customer("a"));
  workspace.add_fixture(fault.fixture);

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"" + fault.fixture + "\" failed: "));
  CHECK_THAT(up.err, ContainsSubstring(fault.words));
  CHECK_THAT(up.err, ContainsSubstring("What was under way was rolled back."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a plugin that ends the transaction of the run is refused before it does", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("ends_transaction");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"ends_transaction\" failed: a seeder cannot control transactions itself"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("an error of the SQL that a plugin runs has the statement shortened", "[run]") {
  const bool query = GENERATE(true, false);
  const bool isolated = GENERATE(true, false);
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  const std::string start = "SELEC\\n  'ä' ";
  std::string rest;
  for (int i = 0; i < 60; ++i) rest += ", 'ü'";
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\ntier = \"development\"\nurl = \"sqlite:unused.db\"\n"
                                  "[environments.local.parameters.runs_sql]\nquery = " + std::string(query ? "true" : "false") +
                                  "\nsql = \"" + start + rest + "\"\n");
  workspace.add_fixture("runs_sql");

  const Finished up = workspace.run(isolated ? std::vector<std::string>{"up", "--isolate", "--format", "json"}
                                             : std::vector<std::string>{"up", "--format", "json"});

  INFO(up.out << up.err);
  CHECK(up.exit_code == 1);
  CHECK_THAT(up.out + up.err, ContainsSubstring("It was running: SELEC 'ä' , 'ü', 'ü'") && ContainsSubstring("…"));
  CHECK_THAT(up.out + up.err, !ContainsSubstring(rest));
}

TEST_CASE("a plugin that ends the program does not look like success", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("calls_exit");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"calls_exit\" ended the program"));
}

TEST_CASE("a plugin that writes to a table that does not exist names it", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("missing_table");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"missing_table\" failed: table \""));
  CHECK_THAT(up.err, ContainsSubstring("\" does not exist"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a key without a unique index is refused with the index to create", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("key_without_index");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("table \"customer\" has no unique index over its key (name)"));
  CHECK_THAT(up.err, ContainsSubstring("CREATE UNIQUE INDEX \"customer_name_key\" ON \"customer\" (\"name\");"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a row whose key is NULL is refused with its number", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("null_key");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("row 2"));
  CHECK_THAT(up.err, ContainsSubstring("\"email\""));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a broken plugin stands in the list of plugins beside those that work", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.write("plugins/nothing.so", "");

  const Finished plugins = workspace.run({"plugins"});

  CHECK(plugins.exit_code == 6);
  CHECK_THAT(plugins.out, ContainsSubstring("customers"));
  CHECK_THAT(plugins.out, ContainsSubstring("broken: "));
}

TEST_CASE("a seeder.toml with a key that it cannot have is refused at its line", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"), "wirtes = [\"customer\"]\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("a declaration has no key \"wirtes\""));
  CHECK_THAT(up.err, ContainsSubstring("at:     plugins/customers/seeder.toml:3:1"));
  CHECK_THAT(up.err, ContainsSubstring("Did you mean \"writes\"?"));
  CHECK(workspace.untouched());
}
