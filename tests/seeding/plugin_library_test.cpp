#include "seeding/plugin_library.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.hpp"
#include "sdk/fake_host.hpp"
#include "seeding/isolation/channel.hpp"
#include "seeding/isolation/plugin_process.hpp"
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
    PluginLibrary library{OpenedFile(fixture(name))};
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::plugin);
    CHECK_THAT(error.what(), ContainsSubstring(fixture(name).string()));
    return error;
  }
  FAIL("nothing was thrown");
  return Error(ExitCode::done, "");
}

seedbed_status run(FakeHost& fake, const std::string& name) {
  const PluginLibrary library{OpenedFile(fixture(name))};
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
  const PluginLibrary library{OpenedFile(fixture("several_seeders"))};

  CHECK(library.seeder("later_customers").seed(&fake.run, &fake.host) == SEEDBED_OK);
  CHECK(fake.calls.back() == "write 0 [grace@example.test|Grace Murray]");
  CHECK_THROWS_WITH(
      library.seeder("customers"),
      ContainsSubstring("declares the seeder \"customers\" but does not hand it out"));
}

TEST_CASE("a library can be moved", "[plugin]") {
  FakeHost fake;
  PluginLibrary library{OpenedFile(fixture("plain_c"))};
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

TEST_CASE("what is mapped is the file that was opened and not what took its place", "[plugin]") {
  const TempDir folder;
  const auto path = folder / "plugin.so";
  std::filesystem::copy_file(fixture("plain_c"), path);
  const OpenedFile opened(path);
  const std::string hash = opened.sha256();

  std::filesystem::copy_file(fixture("throws_int"), folder / "other.so");
  std::filesystem::rename(folder / "other.so", path);

  CHECK(PluginLibrary(opened).seeders() == std::vector<std::string>{"plain_c"});
  CHECK(opened.sha256() == hash);
  CHECK(PluginLibrary(OpenedFile(path)).seeders() == std::vector<std::string>{"throws_int"});
}

TEST_CASE("a plugin is not taken for an earlier one whose file had the same number", "[plugin]") {
  auto opened = std::make_unique<OpenedFile>(fixture("plain_c"));
  const int number = opened->descriptor();
  const PluginLibrary first(*opened);
  opened.reset();
  opened = std::make_unique<OpenedFile>(fixture("several_seeders"));
  REQUIRE(opened->descriptor() == number);

  CHECK(PluginLibrary(*opened).seeders().size() == 2);
}

TEST_CASE("a plugin's process maps the file that it is handed and not the one at its path", "[plugin]") {
  const OpenedFile plugin(fixture("plain_c"));
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  const int theirs = fcntl(pair[1], F_DUPFD_CLOEXEC, 20), file = fcntl(plugin.descriptor(), F_DUPFD_CLOEXEC, 20);
  isolation::Channel ours(pair[0]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, theirs, isolation::kDescriptor);
  posix_spawn_file_actions_adddup2(&actions, file, isolation::kPluginDescriptor);
  std::string program = "seedbed", word = isolation::kWord, path = fixture("throws_int").string();
  char* arguments[] = {program.data(), word.data(), path.data(), nullptr};
  pid_t process = -1;

  REQUIRE(posix_spawn(&process, SEEDBED_PROGRAM, &actions, nullptr, arguments, environ) == 0);
  for (const int descriptor : {pair[1], theirs, file}) close(descriptor);
  posix_spawn_file_actions_destroy(&actions);
  isolation::Channel::Silence why{};
  std::optional<isolation::Message> loaded = ours.receive(std::nullopt, why);
  kill(process, SIGKILL);
  waitpid(process, nullptr, 0);

  REQUIRE(loaded.has_value());
  REQUIRE(loaded->kind() == isolation::Kind::loaded);
  CHECK(loaded->number<std::uint64_t>() == 1);
  CHECK(loaded->text() == "plain_c");
}
