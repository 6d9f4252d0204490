// What the shipped migrations and seeders make of an empty database.

#include "plugins/reference_application.hpp"

#include <map>
#include <string>
#include <vector>

#include <crypt.h>

#include "support/catch.hpp"

using seedbed::host::Engine;
using namespace seedbed::test;

namespace {

using Counts = std::map<std::string, int>;
using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kStats =
    "SELECT chapter_count, insight_count, learner_count, average_rating, rating_count, "
    "total_time_minutes FROM catalog_journey_stats WHERE slug = 'agentic-ai-mastery'";

// A later time, so that a column that follows the clock would show.
constexpr const char* kLater = "2026-09-22T08:30:00Z";

}  // namespace

TEST_CASE("development gets every row of the reference application", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up"});

  CHECK(app.row_counts() == Counts{{"accounts", 20},
                                   {"ai_sections", 8},
                                   {"backoffice_user_domains", 4},
                                   {"beacons", 18},
                                   {"casbin_rule", 16},
                                   {"catalog_chapter_insights", 3},
                                   {"catalog_chapters", 6},
                                   {"catalog_insights", 3},
                                   {"catalog_journey_chapters", 6},
                                   {"catalog_journey_enrollments", 5},
                                   {"catalog_journey_ratings", 5},
                                   {"catalog_journeys", 1},
                                   {"client_configs", 8},
                                   {"clients", 4},
                                   {"concept_prerequisites", 12},
                                   {"concepts", 12},
                                   {"configs", 16},
                                   {"conversations", 100},
                                   {"dashboard_users", 2},
                                   {"domains", 1},
                                   {"ip_hash_accounts", 20},
                                   {"journeys", 3},
                                   {"learning_events", 10},
                                   {"message_evaluations", 50},
                                   {"messages", 500},
                                   {"profiles", 1},
                                   {"providers", 3},
                                   {"session_events", 330},
                                   {"site_domains", 4},
                                   {"snapshots", 1},
                                   {"sparks", 18},
                                   {"styles_metadata", 3},
                                   {"subscriptions", 4},
                                   {"trails", 3},
                                   {"users", 4},
                                   {"visitor_page_views", 400},
                                   {"visitor_sessions", 150},
                                   {"visitors", 200}});
  CHECK(app.database().rows(kStats) == Rows{{"6", "0", "5", "4.6", "5", "480"}});
}

TEST_CASE("both engines hold the same values after the same run", "[plugins]") {
  ReferenceApplication on_sqlite(Engine::sqlite);
  ReferenceApplication on_postgres(Engine::postgres);

  on_sqlite.run({"up"});
  on_postgres.run({"up"});

  CHECK(on_sqlite.contents() == on_postgres.contents());
}

TEST_CASE("a second run at another time changes nothing", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  app.run({"up"});
  const auto before = app.contents();

  const Finished second = app.run({"up"}, kLater);

  CHECK(app.contents() == before);
  CHECK_THAT(second.out, ContainsSubstring("nothing changed"));
}

TEST_CASE("staging gets more learners and no test users", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up", "--env", "staging"}, "");

  CHECK(app.database().rows(kStats) == Rows{{"6", "0", "10", "4.6", "8", "480"}});
  CHECK(app.database().value("SELECT sum(rating) FROM catalog_journey_ratings") == "37");
  CHECK(app.database().value("SELECT count(*) FROM users") == "0");
}

TEST_CASE("production gets the journey alone", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up", "--env", "production"}, "");

  CHECK(app.database().rows(kStats) == Rows{{"0", "0", "0", "NULL", "0", "0"}});
  CHECK(app.database().value("SELECT count(*) FROM sparks") == "18");
  CHECK(app.database().value("SELECT count(*) FROM users") == "0");
}

TEST_CASE("a number of learners below zero fails the seeder with both values", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  app.set_parameter("catalog_journeys", "enrollments", "-1");

  const Finished finished = app.try_run({"up"}, kLater);

  CHECK(finished.exit_code == 6);
  CHECK_THAT(finished.err, ContainsSubstring("parameter \"enrollments\" is -1, expected 0 to"));
  CHECK(app.database().value("SELECT count(*) FROM casbin_rule") == "0");
}

TEST_CASE("an administrator's edit of a provider is kept", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  app.run({"up"});
  app.database().execute("UPDATE providers SET name = 'Schwab' WHERE slug = 'schwab'");

  app.run({"up"}, kLater);

  CHECK(app.database().value("SELECT name FROM providers WHERE slug = 'schwab'") == "Schwab");
}

TEST_CASE("a provider that was deleted is there again", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  app.run({"up"});
  app.database().execute("DELETE FROM providers WHERE slug = 'alpaca'");

  app.run({"up"}, kLater);

  CHECK(app.database().value("SELECT count(*) FROM providers WHERE slug = 'alpaca'") == "1");
}

TEST_CASE("a permission that was revoked does not return with the next deployment", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string environment = GENERATE("local", "production");
  app.run({"up", "--env", environment}, "");
  app.database().execute("DELETE FROM casbin_rule WHERE v0 = 'admin' AND v1 = 'security' AND v2 = 'write'");
  app.database().execute("UPDATE casbin_rule SET v2 = 'list' WHERE v0 = 'readonly' AND v1 = 'sessions'");

  const Finished up = app.run({"up", "--env", environment}, "");
  const Finished isolated = app.run({"up", "--env", environment, "--isolate"}, "");

  CHECK_THAT(up.out, ContainsSubstring("14 unchanged    2 kept deleted"));
  CHECK_THAT(isolated.out, ContainsSubstring("14 unchanged    2 kept deleted"));
  CHECK(app.database().value("SELECT count(*) FROM casbin_rule") == "15");
}

TEST_CASE("an emptied policy stops the deployment until somebody decides", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  app.run({"up"});
  app.database().execute("DELETE FROM casbin_rule");

  const Finished stopped = app.try_run({"up"}, kLater);
  app.run({"up", "--revive", "casbin_rule"}, kLater);

  CHECK(stopped.exit_code == 4);
  CHECK_THAT(stopped.err, ContainsSubstring("seeder \"rbac\" failed: none of the 16 rows"));
  CHECK(app.database().value("SELECT count(*) FROM casbin_rule") == "16");
}

TEST_CASE("a changed lesson converges and is the only row touched", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  app.run({"up"});
  const auto before = app.contents();
  app.database().execute("UPDATE sparks SET body = 'spoilt' WHERE slug = 'goal-not-question'");

  app.run({"up"}, kLater);

  CHECK(app.database().value("SELECT count(*) FROM sparks WHERE body = 'spoilt'") == "0");
  CHECK(app.database().value("SELECT count(*) FROM sparks WHERE updated_at <> created_at") == "1");
  CHECK(app.contents().at("beacons") == before.at("beacons"));
}

TEST_CASE("casbin rules are numbered from one in the order of the policy", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up"});

  CHECK(app.database().rows("SELECT id, ptype, v0, v1, v2 FROM casbin_rule "
                            "WHERE id IN (1, 14, 15, 16) ORDER BY id") ==
        Rows{{"1", "p", "readonly", "accounts", "read"},
             {"14", "p", "admin", "security", "write"},
             {"15", "g", "user", "readonly", ""},
             {"16", "g", "admin", "user", ""}});
  CHECK(app.database().rows("SELECT min(id), max(id) FROM casbin_rule") == Rows{{"1", "16"}});
}

TEST_CASE("the prerequisites of the concepts have no cycle", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up"});

  CHECK(app.database().value("WITH RECURSIVE path(start, at) AS ("
                             "SELECT concept_id, prerequisite_id FROM concept_prerequisites "
                             "UNION SELECT path.start, p.prerequisite_id FROM path "
                             "JOIN concept_prerequisites p ON p.concept_id = path.at) "
                             "SELECT count(*) FROM path WHERE start = at") == "0");
}

TEST_CASE("every beacon has exactly one right option", "[plugins]") {
  ReferenceApplication app(Engine::sqlite);

  app.run({"up"});

  CHECK(app.database().value(
            "SELECT count(*) FROM beacons WHERE (SELECT count(*) FROM json_each(options) "
            "WHERE json_extract(value, '$.correct')) <> 1") == "0");
}

TEST_CASE("the test users' password verifies", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up"});

  const std::string hash =
      app.database().value("SELECT password_hash FROM users WHERE email = 'test-free@example.com'");
  CHECK(crypt("test123456", hash.c_str()) == hash);
  CHECK(crypt("test123457", hash.c_str()) != hash);
}

TEST_CASE("a Supabase database gets the test users in the shape that lets them log in",
          "[plugins]") {
  ReferenceApplication app(Engine::postgres);
  app.database().execute(read_file(SEEDBED_SOURCE_DIR "/tests/fixtures/supabase_auth.sql"));

  app.run({"up"});
  app.run({"up"}, kLater);

  CHECK(app.database().rows("SELECT u.email, u.role, i.provider, i.email = u.email "
                            "FROM auth.users u JOIN auth.identities i ON i.user_id = u.id "
                            "JOIN users own ON own.id = u.id ORDER BY u.created_at, u.email") ==
        Rows{{"test-admin@example.com", "authenticated", "email", "t"},
             {"test-free@example.com", "authenticated", "email", "t"},
             {"test-premium@example.com", "authenticated", "email", "t"},
             {"test-pro@example.com", "authenticated", "email", "t"}});
  CHECK(app.database().value(
            "SELECT count(*) FROM auth.users WHERE confirmation_token = '' AND "
            "recovery_token = '' AND email_change_token_new = '' AND email_change = '' AND "
            "email_change_token_current = '' AND phone_change = '' AND phone_change_token = '' "
            "AND reauthentication_token = '' AND confirmed_at IS NOT NULL "
            "AND email LIKE 'test-%'") == "4");
}

TEST_CASE("a recovery token that Supabase has written is kept", "[plugins]") {
  ReferenceApplication app(Engine::postgres);
  app.database().execute(read_file(SEEDBED_SOURCE_DIR "/tests/fixtures/supabase_auth.sql"));
  app.run({"up"});
  app.database().execute(
      "UPDATE auth.users SET recovery_token = 'requested' WHERE email = 'test-pro@example.com'");

  app.run({"up"}, kLater);

  CHECK(app.database().value(
            "SELECT count(*) FROM auth.users WHERE recovery_token = 'requested'") == "1");
}
