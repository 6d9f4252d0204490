// Fills users with four people, one for each role, who can log in with a known password.

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include <seedbed/seeder.hpp>

#include "people.hpp"
#include "supabase_login.hpp"

namespace {

using namespace std::chrono_literals;
using seedbed::json;
using seedbed::Session;
using seedbed::Uuid;
using seedbed::uuid;

constexpr const char* kPassword = "test123456";

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

void write_logins(Session& db, const std::string& password_hash) {
  std::vector<SupabaseLogin> logins;
  for (const Person& person : kPeople)
    logins.push_back({user_id(person), person.email, password_hash, person.display_name});
  write_supabase_logins(db, logins, SupabaseLoginMode::update_changed);
}

class TestUsers : public seedbed::Seeder {
  void seed(Session& db) override {
    const std::string password_hash = db.bcrypt(kPassword);
    write_logins(db, password_hash);
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
