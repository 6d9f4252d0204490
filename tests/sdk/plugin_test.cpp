#include <stdexcept>

#include "sdk/fake_host.hpp"
#include "support/catch.hpp"

using seedbed::test::FakeHost;

namespace {

template <void (*Body)(seedbed::Session&)>
class Seeding : public seedbed::Seeder {
  void seed(seedbed::Session& db) override { Body(db); }
};

template <void (*Body)(seedbed::Session&)>
seedbed_status run(FakeHost& fake) {
  return seedbed::detail::seed<Seeding<Body>>(&fake.run, &fake.host);
}

void write_one_row(seedbed::Session& db) {
  db.into("t").columns("a").key("a").insert_missing().row(1);
}

void throw_exception(seedbed::Session&) { throw std::runtime_error("no line 7"); }
void throw_int(seedbed::Session&) { throw 42; }
void give_up(seedbed::Session& db) { db.fail("too old"); }

void swallow_refusal(seedbed::Session& db) {
  try {
    db.exec("DELETE FROM t");
  } catch (...) {
  }
  write_one_row(db);
}

void handle_own_exceptions(seedbed::Session& db) {
  try {
    db.exec("DELETE FROM t");
  } catch (const std::exception& e) {
    db.fail(e.what());
  }
}

}  // namespace

TEST_CASE("what a seeder has written is sent when it returns", "[sdk]") {
  FakeHost fake;

  CHECK(run<write_one_row>(fake) == SEEDBED_OK);
  CHECK(fake.calls.back() == "write 0 [1]");
}

TEST_CASE("a refusal at the last flush fails the seeder in the words of the host", "[sdk]") {
  FakeHost fake;
  fake.refuse = "write";

  CHECK(run<write_one_row>(fake) == SEEDBED_FAILED);
  CHECK(fake.failure == "the host's own words");
}

TEST_CASE("a table that the host refuses fails the seeder in the words of the host", "[sdk]") {
  FakeHost fake;
  fake.refuse = "open";

  CHECK(run<write_one_row>(fake) == SEEDBED_FAILED);
  CHECK(fake.failure == "the host's own words");
}

TEST_CASE("an exception fails the seeder with its text", "[sdk]") {
  FakeHost fake;

  CHECK(run<throw_exception>(fake) == SEEDBED_FAILED);
  CHECK(fake.failure == "no line 7");
}

TEST_CASE("anything else that is thrown fails the seeder too", "[sdk]") {
  FakeHost fake;

  CHECK(run<throw_int>(fake) == SEEDBED_FAILED);
  CHECK(fake.failure == "the seeder threw something that is not a std::exception");
}

TEST_CASE("a seeder that gives up fails for its own reason", "[sdk]") {
  FakeHost fake;

  CHECK(run<give_up>(fake) == SEEDBED_FAILED);
  CHECK(fake.failure == "too old");
}

TEST_CASE("a seeder cannot turn a refusal of the host into success", "[sdk]") {
  FakeHost fake;
  fake.refuse = "exec";

  CHECK(run<swallow_refusal>(fake) == SEEDBED_FAILED);
  CHECK(fake.failure == "the host's own words");
}

TEST_CASE("handlers for exceptions let a refusal of the host pass", "[sdk]") {
  FakeHost fake;
  fake.refuse = "exec";

  CHECK(run<handle_own_exceptions>(fake) == SEEDBED_FAILED);
  CHECK(fake.failure == "the host's own words");
}
