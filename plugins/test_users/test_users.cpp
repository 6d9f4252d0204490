// Fills users with four people, one for each role, who can log in with a known password.

#include <array>
#include <chrono>
#include <string>

#include <seedbed/seeder.hpp>

#include "people.hpp"

namespace {

using namespace std::chrono_literals;
using seedbed::json;
using seedbed::Session;
using seedbed::Uuid;
using seedbed::uuid;

constexpr const char* kPassword = "test123456";
constexpr Uuid kSupabaseInstance{};  // GoTrue has one instance, the nil UUID

Uuid user_id(const Person& person) { return uuid("test_user", person.email); }
Uuid journey_id(const UserJourney& journey) { return uuid("test_user_journey", journey.slug); }

void write_users(Session& db, const std::string& password_hash) {
  auto users = db.into("users")
                   .columns("id", "email", "password_hash", "display_name", "role",
                            "email_verified_at", "created_at", "updated_at")
                   .key("id")
                   .insert_only("email_verified_at", "created_at")
                   .touch("updated_at")
                   .update_changed();
  auto subscriptions =
      db.into("subscriptions")
          .columns("id", "user_id", "plan", "status", "current_period_start", "current_period_end",
                   "created_at", "updated_at")
          .key("user_id")
          .insert_only("id", "current_period_start", "current_period_end", "created_at")
          .touch("updated_at")
          .update_changed();
  for (const Person& person : kPeople) {
    users.row(user_id(person), person.email, password_hash, person.display_name, person.role,
              db.now(), db.now(), db.now());
    subscriptions.row(uuid("test_user_subscription", person.email), user_id(person), person.plan,
                      "active", db.now() - 10 * 24h, db.now() + 20 * 24h, db.now(), db.now());
  }
}

void write_journeys(Session& db) {
  const Uuid learner = user_id(kPeople.front());
  auto journeys = db.into("journeys")
                      .columns("id", "user_id", "title", "goal", "status", "progress_percent",
                               "started_at", "created_at", "updated_at")
                      .key("id")
                      .insert_only("started_at", "created_at")
                      .touch("updated_at")
                      .update_changed();
  for (const UserJourney& journey : kJourneys)
    journeys.row(journey_id(journey), learner, journey.title, journey.goal, journey.status,
                 journey.progress_percent, db.now() - journey.started_ago, db.now(), db.now());

  auto events =
      db.into("learning_events")
          .columns("id", "user_id", "journey_id", "kind", "detail", "occurred_at", "created_at")
          .key("id")
          .insert_only("occurred_at", "created_at")
          .update_changed();
  int number = 0;
  for (const LearningEvent& event : kEvents)
    events.row(uuid("test_user_event", ++number), learner, uuid("test_user_journey", event.journey),
               event.kind, json(event.detail), db.now() - event.ago, db.now());
}

bool is_supabase(Session& db) {
  if (db.engine() != seedbed::Engine::postgres) return false;
  return !db.query(
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname = 'auth' AND c.relname = 'users'")
              .empty();
}

// GoTrue reads its token columns into strings that cannot be NULL: one NULL, and every login of
// that user fails with "Database error querying schema".  The first four are older than any release
// that still runs; of the others a database has those of its GoTrue's version.
void write_auth_users(Session& db, const std::string& password_hash) {
  auto users = db.into("auth.users")
                   .columns("instance_id", "id", "aud", "role", "email", "encrypted_password",
                            "email_confirmed_at", "confirmation_token", "recovery_token",
                            "email_change_token_new", "email_change", "raw_app_meta_data",
                            "raw_user_meta_data", "created_at", "updated_at")
                   .key("id")
                   .insert_only("email_confirmed_at", "confirmation_token", "recovery_token",
                                "email_change_token_new", "email_change", "created_at")
                   .touch("updated_at")
                   .update_changed();
  for (const Person& person : kPeople)
    users.row(kSupabaseInstance, user_id(person), "authenticated", "authenticated", person.email,
              password_hash, db.now(), "", "", "", "",
              json(R"({"provider": "email", "providers": ["email"]})"),
              json(R"({"display_name": ")" + std::string(person.display_name) + R"("})"), db.now(),
              db.now());

  const auto later_tokens = db.query(
      "SELECT attname::text FROM pg_attribute WHERE attrelid = 'auth.users'::regclass "
      "AND attname IN ('email_change_token_current', 'phone_change', 'phone_change_token', "
      "'reauthentication_token')");
  for (const auto& column : later_tokens) {
    const auto name = column.get<std::string>(0);
    for (const Person& person : kPeople)
      db.exec("UPDATE auth.users SET " + name + " = '' WHERE id = $1 AND " + name + " IS NULL",
              user_id(person));
  }
}

// email is a generated column there.
void write_auth_identities(Session& db) {
  auto identities = db.into("auth.identities")
                        .columns("id", "provider_id", "user_id", "identity_data", "provider",
                                 "last_sign_in_at", "created_at", "updated_at")
                        .key("provider_id", "provider")
                        .insert_only("id", "last_sign_in_at", "created_at")
                        .touch("updated_at")
                        .update_changed();
  for (const Person& person : kPeople) {
    const std::string id = user_id(person).text();
    identities.row(uuid("test_user_identity", person.email), id, user_id(person),
                   json(R"({"sub": ")" + id + R"(", "email": ")" + person.email +
                        R"(", "email_verified": true, "phone_verified": false})"),
                   "email", db.now(), db.now(), db.now());
  }
}

class TestUsers : public seedbed::Seeder {
  void seed(Session& db) override {
    const std::string password_hash = db.bcrypt(kPassword);
    if (is_supabase(db)) {
      write_auth_users(db, password_hash);
      write_auth_identities(db);
    }
    write_users(db, password_hash);
    write_journeys(db);
  }
};

}  // namespace

SEEDBED_SEEDER(TestUsers, {.name = "test_users",
                           .version = "1.0.0",
                           .description = "one person for each role, who can log in",
                           .tier = seedbed::Tier::development,
                           .needs = "20260126110000",
                           .writes = {"users", "subscriptions", "journeys", "learning_events",
                                      "auth.users", "auth.identities"}})
