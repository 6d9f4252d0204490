#include "support/program.hpp"

#include <csignal>
#include <cstdlib>

#include "support/catch.hpp"

using namespace seedbed::test;

TEST_CASE("a program under test gives its exit code and both its outputs", "[support]") {
  const TempDir folder;
  Program shell(folder.path(), "/bin/sh");
  shell.input("hello").environment("WHO", "world");

  const Finished run = shell.run({"-c", "cat; echo $WHO; pwd >&2; exit 3"});

  CHECK(run.exit_code == 3);
  CHECK(run.out == "helloworld\n");
  CHECK(run.err == folder.path().string() + "\n");
}

TEST_CASE("a program under test does not see the caller's settings", "[support]") {
  setenv("PGHOST", "elsewhere", 1);
  const Program shell("/", "/bin/sh");

  const Finished run = shell.run({"-c", "echo \"${PGHOST-none}\""});
  unsetenv("PGHOST");

  CHECK(run.out == "none\n");
}

TEST_CASE("a program under test can be interrupted once it has said something", "[support]") {
  const Program shell("/", "/bin/sh");
  Running running = shell.start({"-c",
                                 "trap 'echo stopped; exit 7' INT; echo ready; "
                                 "while :; do sleep 0.01; done"});

  running.wait_for_output("ready");
  running.signal(SIGINT);
  const Finished run = running.wait();

  CHECK(run.exit_code == 7);
  CHECK(run.out == "ready\nstopped\n");
}
