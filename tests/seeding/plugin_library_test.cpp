#include "seeding/plugin_library.hpp"

#include <cstdlib>

#include "error.hpp"
#include "sdk/fake_host.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace seedbed::host;
using seedbed::test::FakeHost;
using seedbed::test::TempDir;
using Calls = std::vector<std::string>;

namespace {

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(SEEDBED_BINARY_DIR) / "tests/plugins" / name / (name + ".so");
}

Error failure_of(const std::string& name) {
  try {
    PluginLibrary library(fixture(name));
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::plugin);
    CHECK_THAT(error.what(), ContainsSubstring(fixture(name).string()));
    return error;
  }
  FAIL("nothing was thrown");
  return Error(ExitCode::done, "");
}

seedbed_status run(FakeHost& fake, const std::string& name) {
  const PluginLibrary library(fixture(name));
  return library.seeder(name).seed(&fake.run, &fake.host);
}

}  // namespace

TEST_CASE("a seeder in C runs", "[plugin]") {
  FakeHost fake;

  CHECK(run(fake, "plain_c") == SEEDBED_OK);
  CHECK(fake.calls == Calls{"open customer(email*,name) insert_missing",
                            "write 0 [ada@example.test|Ada Byron] "
                            "[grace@example.test|Grace Murray]"});
}

TEST_CASE("a stripped plugin runs", "[plugin]") {
  FakeHost fake;

  CHECK(run(fake, "stripped") == SEEDBED_OK);
  CHECK(fake.calls.back() == "write 0 [ada@example.test|Ada Byron]");
}

TEST_CASE("each of several seeders in one library runs by its name", "[plugin]") {
  FakeHost fake;
  const PluginLibrary library(fixture("several_seeders"));

  CHECK(library.seeder("later_customers").seed(&fake.run, &fake.host) == SEEDBED_OK);
  CHECK(fake.calls.back() == "write 0 [grace@example.test|Grace Murray]");
  CHECK_THROWS_WITH(
      library.seeder("customers"),
      ContainsSubstring("declares the seeder \"customers\" but does not hand it out"));
}

TEST_CASE("a library can be moved", "[plugin]") {
  FakeHost fake;
  PluginLibrary library(fixture("plain_c"));
  const PluginLibrary moved = std::move(library);

  CHECK(moved.seeder("plain_c").seed(&fake.run, &fake.host) == SEEDBED_OK);
}

TEST_CASE("what a plugin throws becomes a failure with its text", "[plugin]") {
  FakeHost exception, number, reason, parameter;

  CHECK(run(exception, "throws_exception") == SEEDBED_FAILED);
  CHECK(run(number, "throws_int") == SEEDBED_FAILED);
  CHECK(run(reason, "reports_failure") == SEEDBED_FAILED);
  CHECK(run(parameter, "unknown_parameter") == SEEDBED_FAILED);
  CHECK(exception.failure == "the price list has no line 7");
  CHECK(number.failure == "the seeder threw something that is not a std::exception");
  CHECK(reason.failure == "the price list is from last year");
  CHECK(parameter.failure == "the seeder declares no parameter \"amount\"");
}

TEST_CASE("a plugin that speaks another ABI is refused with both numbers", "[plugin]") {
  CHECK_THAT(failure_of("wrong_abi").what(),
             ContainsSubstring("speaks ABI 2, this host speaks ABI 1"));
  CHECK_THAT(failure_of("wrong_table_abi").what(),
             ContainsSubstring("speaks ABI 2, this host speaks ABI 1"));
  CHECK(failure_of("wrong_abi").hint() == "Rebuild the plugin against this host's SDK.");
}

TEST_CASE("a plugin with an undefined symbol is refused in the words of the loader", "[plugin]") {
  const Error error = failure_of("undefined_symbol");

  CHECK_THAT(error.what(), ContainsSubstring("could not be loaded: undefined symbol: "));
  CHECK_THAT(error.what(), ContainsSubstring("seedbed_test_function_that_no_library_has"));
  CHECK_THAT(error.what(), !ContainsSubstring("dlerror") && !ContainsSubstring("escriptor"));
}

TEST_CASE("a table that is too short is refused", "[plugin]") {
  CHECK_THAT(failure_of("short_table").what(),
             ContainsSubstring("hands out a table of 16 bytes, 24 are needed"));
}

TEST_CASE("a seeder that the file does not declare is refused", "[plugin]") {
  CHECK_THAT(failure_of("undeclared_seeder").what(),
             ContainsSubstring("hands out a seeder that its file does not declare"));
}

TEST_CASE("a stray library is not even mapped", "[plugin]") {
  const TempDir folder;
  const auto trace = folder / "trace";
  setenv("SEEDBED_STRAY_LIBRARY_TRACE", trace.c_str(), 1);

  failure_of("stray_library");

  unsetenv("SEEDBED_STRAY_LIBRARY_TRACE");
  CHECK_FALSE(std::filesystem::exists(trace));
}
