// Every history under tests/fixtures/corpus, applied by seedbed and by psql: the same database.
//
// A history is a folder of migrations in whatever format it is in, found out as for any user's.
// Where those files are not what psql would run (another tool's directives, down parts), the folder
// expected/ beside them holds what they amount to.

#include <algorithm>
#include <filesystem>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/reference_client.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

/// What the name of a history says: outside_… runs outside transactions, as_is_… as written; and blocks
/// has transactions of its own, which psql would find inside another.
bool is_transactional(const std::string& history) {
  return !history.starts_with("outside_") && !history.starts_with("as_is_") && history != "blocks";
}

/// supabase's format is found by its path.
fs::path migrations_of(const fs::path& history) {
  const fs::path supabase = history / "supabase" / "migrations";
  return fs::exists(supabase) ? supabase : history / "migrations";
}

}  // namespace

TEST_CASE("every history of the corpus gives the database that psql gives", "[migration]") {
  const auto history = GENERATE(from_range(entries(SEEDBED_SOURCE_DIR "/tests/fixtures/corpus")));
  const std::string name = history.filename();
  INFO(name);
  Workspace workspace(Engine::postgres);
  TestDatabase reference(Engine::postgres);
  if (name.ends_with("_14") &&
      std::stoi(reference.value("SHOW server_version_num")) < 140000) return;

  std::vector<std::string> arguments{"up", "--migrations", migrations_of(history)};
  if (name.starts_with("as_is_")) arguments.insert(arguments.end(), {"--own-transactions", "as-is"});
  const Finished finished = workspace.run(arguments);
  const fs::path expected = history / "expected";
  apply_with_client(reference, entries(fs::exists(expected) ? expected : migrations_of(history)),
                    is_transactional(name));

  INFO(finished.err);
  CHECK(finished.exit_code == 0);
  CHECK(dump(workspace.database()) == dump(reference));
  CHECK_THAT(workspace.run(arguments).out, ContainsSubstring("nothing changed"));
}
