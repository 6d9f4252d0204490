-- People who learn, what they pay for and what they do (seeded by test_users, in development), and
-- the voices in which the assistant answers them (seeded by styles).
--
-- Ids are made by the application (on Supabase they are those of auth.users), never by a default.

-- seedbed: up
CREATE TABLE users (
  id                TEXT NOT NULL PRIMARY KEY,
  email             TEXT NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@_%'),
  password_hash     TEXT NOT NULL,
  display_name      TEXT NOT NULL,
  role              TEXT NOT NULL CHECK (role IN ('free', 'pro', 'premium', 'admin')),
  email_verified_at TEXT,
  created_at        TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at        TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TABLE subscriptions (
  id                   TEXT NOT NULL PRIMARY KEY,
  user_id              TEXT NOT NULL UNIQUE REFERENCES users ON DELETE CASCADE,
  plan                 TEXT NOT NULL CHECK (plan IN ('free', 'pro', 'premium')),
  status               TEXT NOT NULL CHECK (status IN ('active', 'past_due', 'canceled')),
  current_period_start TEXT NOT NULL,
  current_period_end   TEXT,
  created_at           TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at           TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (current_period_end > current_period_start)
) STRICT;

CREATE TABLE journeys (
  id               TEXT NOT NULL PRIMARY KEY,
  user_id          TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  title            TEXT NOT NULL,
  goal             TEXT NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('planned', 'active', 'completed')),
  progress_percent INTEGER NOT NULL DEFAULT 0 CHECK (progress_percent BETWEEN 0 AND 100),
  started_at       TEXT,
  created_at       TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at       TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX journeys_user_id_idx ON journeys (user_id);

CREATE TABLE learning_events (
  id          TEXT NOT NULL PRIMARY KEY,
  user_id     TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  journey_id  TEXT NOT NULL REFERENCES journeys ON DELETE CASCADE,
  kind        TEXT NOT NULL CHECK (kind IN ('journey_started', 'spark_completed', 'beacon_answered',
                                            'journey_completed')),
  detail      TEXT NOT NULL CHECK (json_valid(detail)),
  occurred_at TEXT NOT NULL,
  created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX learning_events_user_id_idx ON learning_events (user_id, occurred_at);
CREATE INDEX learning_events_journey_id_idx ON learning_events (journey_id);

-- Voices in which the assistant can answer.
CREATE TABLE styles_metadata (
  id          TEXT NOT NULL PRIMARY KEY,
  label       TEXT NOT NULL,
  category    TEXT NOT NULL CHECK (category IN ('series', 'cinema')),
  subcategory TEXT NOT NULL,
  is_premium  INTEGER NOT NULL DEFAULT 0 CHECK (is_premium IN (0, 1))
) STRICT;

CREATE TABLE profiles (
  id         TEXT NOT NULL PRIMARY KEY,
  role       TEXT NOT NULL CHECK (role IN ('member', 'master')),
  is_master  INTEGER NOT NULL DEFAULT 0 CHECK (is_master IN (0, 1)),
  style_id   TEXT REFERENCES styles_metadata ON DELETE SET NULL,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (is_master = (role = 'master'))
) STRICT;
CREATE INDEX profiles_style_id_idx ON profiles (style_id);

-- seedbed: down
DROP TABLE profiles;
DROP TABLE styles_metadata;
DROP TABLE learning_events;
DROP TABLE journeys;
DROP TABLE subscriptions;
DROP TABLE users;
