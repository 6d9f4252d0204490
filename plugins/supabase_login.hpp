#pragma once
// People who can log in to a Supabase project: its auth.users and auth.identities.

#include <span>
#include <string>

#include <seedbed/seeder.hpp>

struct SupabaseLogin {
  seedbed::Uuid id;
  std::string email;
  std::string password_hash;
  std::string display_name;
};

enum class SupabaseLoginMode { insert_missing, update_changed };

/// True where the database has auth.users, as those of Supabase have.
inline bool is_supabase(seedbed::Session& db) {
  if (db.engine() != seedbed::Engine::postgres) return false;
  return !db.query(
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname = 'auth' AND c.relname = 'users'")
              .empty();
}

// GoTrue reads its token columns into strings that cannot be NULL: one NULL, and every login of
// that user fails with "Database error querying schema".  The first four are older than any release
// that still runs; of the others a database has those of its GoTrue's version.
inline void write_auth_users(seedbed::Session& db, std::span<const SupabaseLogin> logins,
                             SupabaseLoginMode mode) {
  using seedbed::json;
  constexpr seedbed::Uuid kInstance{};  // GoTrue has one instance, the nil UUID
  auto columns = db.into("auth.users")
                     .columns("instance_id", "id", "aud", "role", "email", "encrypted_password",
                              "email_confirmed_at", "confirmation_token", "recovery_token",
                              "email_change_token_new", "email_change", "raw_app_meta_data",
                              "raw_user_meta_data", "created_at", "updated_at")
                     .key("id")
                     .insert_only("email_confirmed_at", "confirmation_token", "recovery_token",
                                  "email_change_token_new", "email_change", "created_at")
                     .touch("updated_at");
  auto users = mode == SupabaseLoginMode::update_changed ? columns.update_changed()
                                                         : columns.insert_missing();
  for (const SupabaseLogin& login : logins)
    users.row(kInstance, login.id, "authenticated", "authenticated", login.email,
              login.password_hash, db.now(), "", "", "", "",
              json(R"({"provider": "email", "providers": ["email"]})"),
              json(R"({"display_name": ")" + login.display_name + R"("})"), db.now(), db.now());

  const auto later_tokens = db.query(
      "SELECT attname::text FROM pg_attribute WHERE attrelid = 'auth.users'::regclass "
      "AND attname IN ('email_change_token_current', 'phone_change', 'phone_change_token', "
      "'reauthentication_token')");
  for (const auto& column : later_tokens) {
    const auto name = column.get<std::string>(0);
    for (const SupabaseLogin& login : logins)
      db.exec("UPDATE auth.users SET " + name + " = '' WHERE id = $1 AND " + name + " IS NULL",
              login.id);
  }
}

// email is a generated column there.
inline void write_auth_identities(seedbed::Session& db, std::span<const SupabaseLogin> logins,
                                  SupabaseLoginMode mode) {
  auto columns = db.into("auth.identities")
                     .columns("id", "provider_id", "user_id", "identity_data", "provider",
                              "last_sign_in_at", "created_at", "updated_at")
                     .key("provider_id", "provider")
                     .insert_only("id", "last_sign_in_at", "created_at")
                     .touch("updated_at");
  auto identities = mode == SupabaseLoginMode::update_changed ? columns.update_changed()
                                                              : columns.insert_missing();
  for (const SupabaseLogin& login : logins) {
    const std::string id = login.id.text();
    identities.row(seedbed::uuid("test_user_identity", login.email), id, login.id,
                   seedbed::json(R"({"sub": ")" + id + R"(", "email": ")" + login.email +
                                 R"(", "email_verified": true, "phone_verified": false})"),
                   "email", db.now(), db.now(), db.now());
  }
}

/// Lets `logins` log in where the database is a Supabase one; elsewhere does nothing.  Tokens that
/// GoTrue writes later are left alone.  Names and addresses need no escaping in JSON.
inline void write_supabase_logins(seedbed::Session& db, std::span<const SupabaseLogin> logins,
                                  SupabaseLoginMode mode) {
  if (!is_supabase(db)) return;
  write_auth_users(db, logins, mode);
  write_auth_identities(db, logins, mode);
}
