-- People who learn, what they pay for and what they do (seeded by test_users, in development), and
-- the voices in which the assistant answers them (seeded by styles).
--
-- Ids are made by the application (on Supabase they are those of auth.users), never by a default.

-- seedbed: up
CREATE TABLE users (
  id                uuid PRIMARY KEY,
  email             text NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@_%'),
  password_hash     text NOT NULL,
  display_name      text NOT NULL,
  role              text NOT NULL CHECK (role IN ('free', 'pro', 'premium', 'admin')),
  email_verified_at timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE subscriptions (
  id                   uuid PRIMARY KEY,
  user_id              uuid NOT NULL UNIQUE REFERENCES users ON DELETE CASCADE,
  plan                 text NOT NULL CHECK (plan IN ('free', 'pro', 'premium')),
  status               text NOT NULL CHECK (status IN ('active', 'past_due', 'canceled')),
  current_period_start timestamptz NOT NULL,
  current_period_end   timestamptz,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  CHECK (current_period_end > current_period_start)
);

CREATE TABLE journeys (
  id               uuid PRIMARY KEY,
  user_id          uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  title            text NOT NULL,
  goal             text NOT NULL,
  status           text NOT NULL CHECK (status IN ('planned', 'active', 'completed')),
  progress_percent integer NOT NULL DEFAULT 0 CHECK (progress_percent BETWEEN 0 AND 100),
  started_at       timestamptz,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX journeys_user_id_idx ON journeys (user_id);

CREATE TABLE learning_events (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  journey_id  uuid NOT NULL REFERENCES journeys ON DELETE CASCADE,
  kind        text NOT NULL CHECK (kind IN ('journey_started', 'spark_completed', 'beacon_answered',
                                            'journey_completed')),
  detail      jsonb NOT NULL,
  occurred_at timestamptz NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX learning_events_user_id_idx ON learning_events (user_id, occurred_at);
CREATE INDEX learning_events_journey_id_idx ON learning_events (journey_id);

-- Voices in which the assistant can answer.
CREATE TABLE styles_metadata (
  id          text PRIMARY KEY,
  label       text NOT NULL,
  category    text NOT NULL CHECK (category IN ('series', 'cinema')),
  subcategory text NOT NULL,
  is_premium  boolean NOT NULL DEFAULT false
);

CREATE TABLE profiles (
  id         uuid PRIMARY KEY,
  role       text NOT NULL CHECK (role IN ('member', 'master')),
  is_master  boolean NOT NULL DEFAULT false,
  style_id   text REFERENCES styles_metadata ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (is_master = (role = 'master'))
);
CREATE INDEX profiles_style_id_idx ON profiles (style_id);

ALTER TABLE styles_metadata ENABLE ROW LEVEL SECURITY;
CREATE POLICY styles_metadata_readable ON styles_metadata FOR SELECT USING (true);

-- No policy: the application reads these for the person who is logged in.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE journeys ENABLE ROW LEVEL SECURITY;
ALTER TABLE learning_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;

-- seedbed: down
DROP TABLE profiles, styles_metadata, learning_events, journeys, subscriptions, users;
