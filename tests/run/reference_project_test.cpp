// The reference application as it stands at the top of the checkout.

#include <filesystem>

#include "plugins/reference_application.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;
using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

/// The layout of a checkout in which `./dev build` has run.
class Checkout {
 public:
  Checkout() {
    const fs::path source = SEEDBED_SOURCE_DIR;
    fs::create_directories(folder_ / "build/release");
    fs::create_symlink(fs::path(SEEDBED_BINARY_DIR) / "plugins", folder_ / "build/release/plugins");
    for (const char* name : {"plugins", "migrations", "seedbed.toml"}) fs::create_symlink(source / name, folder_ / name);
  }

  void copy_example(const std::string& environment) const {
    fs::copy_file(fs::path(SEEDBED_SOURCE_DIR) / (".env." + environment + ".example"), folder_ / (".env." + environment));
  }
  Finished run(const std::vector<std::string>& arguments) const { return Program(folder_.path()).run(arguments); }
  bool has(const std::string& file) const { return fs::exists(folder_ / file); }

 private:
  TempDir folder_;
};

}  // namespace

TEST_CASE("seedbed.toml and the example for local work as they stand", "[run]") {
  const Checkout checkout;
  checkout.copy_example("local");

  const Finished up = checkout.run({"up"});
  const Finished again = checkout.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("local  sqlite:seedbed.db"));
  CHECK_THAT(up.out, ContainsSubstring("28 inserted    1 unchanged"));
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
  CHECK(checkout.has("seedbed.db"));
}

TEST_CASE("the example for staging names a database without showing its password", "[run]") {
  const Checkout checkout;
  checkout.copy_example("staging");

  const Finished env = checkout.run({"env", "--env", "staging"});

  CHECK(env.exit_code == 0);
  CHECK_THAT(env.out, ContainsSubstring("staging-db.example.com"));
  CHECK_THAT(env.out, ContainsSubstring(".env.staging:"));
  CHECK_THAT(env.out, !ContainsSubstring("change-me"));
}

TEST_CASE("an environment whose variable is not set writes nothing", "[run]") {
  const Checkout checkout;

  const Finished up = checkout.run({"up", "--env", "production"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("PRODUCTION_DATABASE_URL"));
  CHECK_FALSE(checkout.has("seedbed.db"));
}

TEST_CASE("an edited lesson is one row updated and the rest unchanged", "[run]") {
  ReferenceApplication application(GENERATE(Engine::sqlite, Engine::postgres));
  application.run({"up"});
  application.database().execute("UPDATE sparks SET title = 'edited' WHERE slug = 'goal-not-question'");

  const Finished up = application.run({"up"});

  CHECK_THAT(up.out, ContainsSubstring("1 updated      64 unchanged"));
}

TEST_CASE("test users that are named in staging are refused and nothing is applied", "[run]") {
  ReferenceApplication application(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished seed = application.try_run({"seed", "test_users", "--env", "staging"}, "");

  CHECK(seed.exit_code == 4);
  CHECK_THAT(seed.err, ContainsSubstring("seeder \"test_users\" may not run in environment \"staging\""));
  CHECK(application.contents().empty());
}
