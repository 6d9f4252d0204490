// What synthetic_traffic promises to dashboards and to their tests.

#include <algorithm>
#include <string>
#include <vector>

#include <crypt.h>

#include "plugins/reference_application.hpp"
#include "support/catch.hpp"

using seedbed::host::Engine;
using namespace seedbed::test;

namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kLater = "2026-09-22T08:30:00Z";

constexpr const char* kStats =
    "SELECT site_domain, widget_visitors, conversations, engagement_rate, demo_persons, "
    "email_only_persons, conversion_rate FROM mv_client_stats_30d ORDER BY site_domain";

/// PostgreSQL's views are as they were when the migration made them.
void refresh_views(TestDatabase& database) {
  if (database.engine() == Engine::sqlite) return;
  for (const char* view : {"mv_widget_visitors", "mv_conversation_visitors", "mv_client_stats_30d"})
    database.execute(std::string("REFRESH MATERIALIZED VIEW ") + view);
}

}  // namespace

TEST_CASE("the traffic has the figures that the dashboard is to show", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up"});
  refresh_views(app.database());

  CHECK(app.database().rows(kStats) == Rows{{"acme.com", "31", "25", "80.6", "4", "1", "20.0"},
                                            {"contoso.com", "31", "25", "80.6", "3", "2", "20.0"},
                                            {"demo.local", "31", "25", "80.6", "1", "4", "20.0"},
                                            {"fabrikam.com", "31", "25", "80.6", "2", "3", "20.0"}});
  CHECK(app.database().rows("SELECT kind, count(*) FROM session_events GROUP BY kind ORDER BY kind") ==
        Rows{{"cta_clicked", "80"}, {"widget_impression", "150"}, {"widget_opened", "100"}});
}

TEST_CASE("every site has 25 fresh conversations of 25 visitors among the 31 who stayed", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up"}, "2026-09-21T12:00:00.250Z");
  refresh_views(app.database());

  CHECK(app.database().rows(
            "SELECT d.domain, d.language, count(*), count(DISTINCT c.visitor_id) FROM conversations c "
            "JOIN site_domains d ON d.id = c.site_domain_id "
            "JOIN mv_widget_visitors w ON w.visitor_id = c.visitor_id AND w.site_domain_id = d.id "
            "WHERE c.last_message_at BETWEEN '2026-09-21T04:00:00.250Z' AND '2026-09-21T12:00:00.250Z' "
            "AND c.environment = 'production' AND c.deployment_target = 'widget' "
            "GROUP BY d.domain, d.language ORDER BY d.domain") ==
        Rows{{"acme.com", "en", "25", "25"},
             {"contoso.com", "en", "25", "25"},
             {"demo.local", "en", "25", "25"},
             {"fabrikam.com", "fr", "25", "25"}});
  CHECK(app.database().value("SELECT count(*) FROM conversations") == "100");
}

TEST_CASE("what happened to a visitor happened in order and before the run", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up"}, "2026-09-21T12:00:00.250Z");

  CHECK(app.database().value("SELECT count(*) FROM visitors v JOIN visitor_sessions s ON s.visitor_id = v.id "
                             "WHERE s.started_at < v.first_seen_at OR s.started_at > v.last_seen_at") == "0");
  CHECK(app.database().value("SELECT count(*) FROM visitors WHERE last_seen_at > '2026-09-21T12:00:00.250Z'") == "0");
  CHECK(app.database().value("SELECT count(*) FROM conversations c JOIN visitor_sessions s ON s.id = c.session_id "
                             "WHERE s.started_at > c.started_at OR s.visitor_id <> c.visitor_id") == "0");
  CHECK(app.database().value("SELECT count(*) FROM messages a JOIN messages b ON b.conversation_id = a.conversation_id "
                             "AND b.position = a.position + 1 WHERE b.sent_at <= a.sent_at") == "0");
  CHECK(app.database().value("SELECT count(*) FROM conversations c WHERE c.last_message_at <> "
                             "(SELECT max(sent_at) FROM messages m WHERE m.conversation_id = c.id)") == "0");
}

TEST_CASE("a larger scale multiplies the traffic and changes no row that was there", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  app.run({"up"});
  const auto before = app.contents();
  app.set_parameter("synthetic_traffic", "scale", "3");

  const Finished up = app.run({"up"});
  refresh_views(app.database());

  CHECK_THAT(up.out, ContainsSubstring("3460 inserted    1800 unchanged"));
  CHECK(app.database().rows(kStats).front() == std::vector<std::string>{"acme.com", "93", "75", "80.6", "12", "3", "20.0"});
  CHECK(app.database().value("SELECT count(*) FROM visitor_page_views") == "1200");
  const auto after = app.contents();
  for (const auto& [table, rows] : before) {
    if (table.starts_with("seedbed_")) continue;
    CHECK(std::includes(after.at(table).begin(), after.at(table).end(), rows.begin(), rows.end()));
  }
}

TEST_CASE("a scale that is no number of blocks fails with what was expected", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  app.set_parameter("synthetic_traffic", "scale", "0");

  const Finished up = app.try_run({"up"}, kLater);

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("parameter \"scale\" is 0, expected 1 to 100000"));
}

TEST_CASE("later runs leave the times of the traffic and clearing renews them", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));
  constexpr const char* kFresh = "SELECT count(*) FROM conversations WHERE last_message_at > '2026-09-22T00:00:00Z'";
  app.run({"up"});

  app.run({"up"}, kLater);
  const std::string after_second_run = app.database().value(kFresh);
  app.run({"seed", "synthetic_traffic", "--clear"}, kLater);

  CHECK(after_second_run == "0");
  CHECK(app.database().value(kFresh) == "100");
}

TEST_CASE("the dashboard users' passwords verify and one sees the four sites", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  app.run({"up"});

  const Rows users = app.database().rows("SELECT email, role, password_hash FROM dashboard_users ORDER BY email");
  CHECK(crypt("admin", users.at(0).at(2).c_str()) == users.at(0).at(2));
  CHECK(crypt("user", users.at(1).at(2).c_str()) == users.at(1).at(2));
  CHECK(app.database().rows("SELECT u.email, u.role, d.domain FROM backoffice_user_domains b "
                            "JOIN dashboard_users u ON u.id = b.user_id "
                            "JOIN site_domains d ON d.id = b.site_domain_id ORDER BY d.domain") ==
        Rows{{"user@user.com", "user", "acme.com"},
             {"user@user.com", "user", "contoso.com"},
             {"user@user.com", "user", "demo.local"},
             {"user@user.com", "user", "fabrikam.com"}});
}

TEST_CASE("a Supabase database gets the dashboard users in the shape that lets them log in", "[plugins]") {
  ReferenceApplication app(Engine::postgres);
  app.database().execute(read_file(SEEDBED_SOURCE_DIR "/tests/fixtures/supabase_auth.sql"));

  app.run({"up"});
  app.run({"up"}, kLater);

  CHECK(app.database().rows("SELECT u.email, i.email = u.email, u.encrypted_password = own.password_hash "
                            "FROM auth.users u JOIN auth.identities i ON i.user_id = u.id "
                            "JOIN dashboard_users own ON own.id = u.id ORDER BY u.email") ==
        Rows{{"admin@admin.com", "t", "t"}, {"user@user.com", "t", "t"}});
  CHECK(app.database().value("SELECT count(*) FROM auth.users WHERE confirmation_token = '' AND "
                             "recovery_token = '' AND email_change_token_new = '' AND email_change = '' AND "
                             "email_change_token_current = '' AND phone_change = '' AND phone_change_token = '' "
                             "AND reauthentication_token = '' AND email LIKE '%@user.com'") == "1");
}

TEST_CASE("traffic that is named in staging is refused", "[plugins]") {
  ReferenceApplication app(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished seed = app.try_run({"seed", "synthetic_traffic", "--env", "staging"}, "");

  CHECK(seed.exit_code == 4);
  CHECK_THAT(seed.err, ContainsSubstring("seeder \"synthetic_traffic\" may not run in environment \"staging\""));
}
