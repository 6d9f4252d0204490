// Files written for the sqlite3 program: what seedbed makes of them is what that program makes of them.

#include <algorithm>
#include <filesystem>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/reference_client.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
namespace fs = std::filesystem;

namespace {

constexpr const char* kCorpus = SEEDBED_SOURCE_DIR "/tests/fixtures/corpus_sqlite";

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

}  // namespace

TEST_CASE("files for sqlite3 give the schema and the rows that sqlite3 makes of them", "[run]") {
  const fs::path history = GENERATE(from_range(entries(kCorpus)));
  INFO(history.filename().string());
  TestDatabase reference(Engine::sqlite);
  Workspace workspace(Engine::sqlite);

  apply_with_client(reference, entries(history), /*transactional=*/false);
  const Finished up = workspace.run({"up", "--no-seed", "--migrations", history.string()});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(dump(workspace.database()) == dump(reference));
}

TEST_CASE("a dry run executes every file for sqlite3 that one transaction can hold", "[run]") {
  const fs::path history = GENERATE(from_range(entries(kCorpus)));
  INFO(history.filename().string());
  Workspace workspace(Engine::sqlite);

  const Finished dry = workspace.run({"up", "--no-seed", "--dry-run", "--migrations", history.string()});

  INFO(dry.err);
  CHECK(dry.exit_code == 0);
  const bool stops = history.filename() == "table_kinds" || history.filename() == "attached";
  CHECK((dry.out.find("not executed") != std::string::npos) == stops);
  CHECK(workspace.untouched());
}
