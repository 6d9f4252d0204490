-- The chat widget on clients' sites and what it records.  Seeded by synthetic_traffic.
--
-- Nothing here is personal data: an address is kept as a salted hash, and a hash may resolve to a
-- company (accounts), never to a person.

-- seedbed: up
CREATE TABLE clients (
  id         TEXT NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TABLE site_domains (
  id         TEXT NOT NULL PRIMARY KEY,
  client_id  TEXT NOT NULL REFERENCES clients ON DELETE CASCADE,
  domain     TEXT NOT NULL UNIQUE CHECK (domain = lower(domain)),
  language   TEXT NOT NULL CHECK (length(language) = 2),
  is_active  INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX site_domains_client_id_idx ON site_domains (client_id);

CREATE TABLE configs (
  slug          TEXT NOT NULL PRIMARY KEY,
  title         TEXT NOT NULL,
  default_value TEXT NOT NULL CHECK (json_valid(default_value)),
  created_at    TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at    TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TABLE client_configs (
  client_id  TEXT NOT NULL REFERENCES clients ON DELETE CASCADE,
  slug       TEXT NOT NULL REFERENCES configs,
  value      TEXT NOT NULL CHECK (json_valid(value)),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  PRIMARY KEY (client_id, slug)
) STRICT;
CREATE INDEX client_configs_slug_idx ON client_configs (slug);

CREATE TABLE ai_sections (
  id             TEXT NOT NULL PRIMARY KEY,
  site_domain_id TEXT NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  slug           TEXT NOT NULL,
  title          TEXT NOT NULL,
  prompt         TEXT NOT NULL,
  position       INTEGER NOT NULL CHECK (position > 0),
  is_active      INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  UNIQUE (site_domain_id, slug)
) STRICT;

CREATE TABLE dashboard_users (
  id            TEXT NOT NULL PRIMARY KEY,
  email         TEXT NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@_%'),
  password_hash TEXT NOT NULL,
  role          TEXT NOT NULL CHECK (role IN ('admin', 'user')),
  created_at    TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at    TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TABLE backoffice_user_domains (
  user_id        TEXT NOT NULL REFERENCES dashboard_users ON DELETE CASCADE,
  site_domain_id TEXT NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  created_at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  PRIMARY KEY (user_id, site_domain_id)
) STRICT;
CREATE INDEX backoffice_user_domains_site_domain_id_idx ON backoffice_user_domains (site_domain_id);

CREATE TABLE api_key_pool (
  id             TEXT NOT NULL PRIMARY KEY,
  provider       TEXT NOT NULL,
  label          TEXT NOT NULL,
  key_ciphertext TEXT NOT NULL,
  is_active      INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  last_used_at   TEXT,
  created_at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  UNIQUE (provider, label)
) STRICT;

CREATE TABLE accounts (
  id         TEXT NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  industry   TEXT NOT NULL,
  country    TEXT NOT NULL CHECK (length(country) = 2),
  employees  INTEGER NOT NULL CHECK (employees > 0),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TABLE ip_hash_accounts (
  ip_hash    TEXT NOT NULL PRIMARY KEY CHECK (length(ip_hash) = 64),
  account_id TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  confidence INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 100),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX ip_hash_accounts_account_id_idx ON ip_hash_accounts (account_id);

-- ip_hash has no foreign key: most addresses never resolve to an account.
CREATE TABLE visitors (
  id             TEXT NOT NULL PRIMARY KEY,
  site_domain_id TEXT NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  ip_hash        TEXT NOT NULL CHECK (length(ip_hash) = 64),
  country        TEXT NOT NULL CHECK (length(country) = 2),
  device         TEXT NOT NULL CHECK (device IN ('desktop', 'mobile', 'tablet')),
  first_seen_at  TEXT NOT NULL,
  last_seen_at   TEXT NOT NULL,
  created_at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (last_seen_at >= first_seen_at)
) STRICT;
CREATE INDEX visitors_site_domain_id_idx ON visitors (site_domain_id, last_seen_at);
CREATE INDEX visitors_ip_hash_idx ON visitors (ip_hash);

CREATE TABLE visitor_sessions (
  id                TEXT NOT NULL PRIMARY KEY,
  visitor_id        TEXT NOT NULL REFERENCES visitors ON DELETE CASCADE,
  site_domain_id    TEXT NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  environment       TEXT NOT NULL CHECK (environment IN ('production', 'staging', 'preview')),
  deployment_target TEXT NOT NULL CHECK (deployment_target IN ('widget', 'fullpage', 'api')),
  referrer          TEXT,
  started_at        TEXT NOT NULL,
  duration_seconds  INTEGER NOT NULL CHECK (duration_seconds >= 0),
  created_at        TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX visitor_sessions_visitor_id_idx ON visitor_sessions (visitor_id);
CREATE INDEX visitor_sessions_site_domain_id_idx ON visitor_sessions (site_domain_id, started_at);

-- A person converts by asking for a demo, or by leaving no more than an address to write to.
CREATE TABLE conversations (
  id                TEXT NOT NULL PRIMARY KEY,
  site_domain_id    TEXT NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  visitor_id        TEXT NOT NULL REFERENCES visitors ON DELETE CASCADE,
  session_id        TEXT REFERENCES visitor_sessions ON DELETE SET NULL,
  ai_section_id     TEXT REFERENCES ai_sections ON DELETE SET NULL,
  environment       TEXT NOT NULL CHECK (environment IN ('production', 'staging', 'preview')),
  deployment_target TEXT NOT NULL CHECK (deployment_target IN ('widget', 'fullpage', 'api')),
  language          TEXT NOT NULL CHECK (length(language) = 2),
  started_at        TEXT NOT NULL,
  last_message_at   TEXT NOT NULL,
  demo_requested_at TEXT,
  email_left_at     TEXT,
  created_at        TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (last_message_at >= started_at)
) STRICT;
CREATE INDEX conversations_site_domain_id_idx ON conversations (site_domain_id, last_message_at);
CREATE INDEX conversations_visitor_id_idx ON conversations (visitor_id);
CREATE INDEX conversations_session_id_idx ON conversations (session_id);
CREATE INDEX conversations_ai_section_id_idx ON conversations (ai_section_id);

CREATE TABLE messages (
  id              TEXT NOT NULL PRIMARY KEY,
  conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
  position        INTEGER NOT NULL CHECK (position > 0),
  author          TEXT NOT NULL CHECK (author IN ('visitor', 'assistant', 'operator')),
  body            TEXT NOT NULL,
  tokens          INTEGER NOT NULL DEFAULT 0 CHECK (tokens >= 0),
  sent_at         TEXT NOT NULL,
  created_at      TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  UNIQUE (conversation_id, position)
) STRICT;

CREATE TABLE message_evaluations (
  id           TEXT NOT NULL PRIMARY KEY,
  message_id   TEXT NOT NULL UNIQUE REFERENCES messages ON DELETE CASCADE,
  score        INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
  verdict      TEXT NOT NULL CHECK (verdict IN ('helpful', 'incomplete', 'off_topic', 'unsafe')),
  reason       TEXT NOT NULL,
  evaluated_at TEXT NOT NULL,
  created_at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TABLE visitor_page_views (
  id              TEXT NOT NULL PRIMARY KEY,
  session_id      TEXT NOT NULL REFERENCES visitor_sessions ON DELETE CASCADE,
  path            TEXT NOT NULL CHECK (path LIKE '/%'),
  title           TEXT NOT NULL,
  viewed_at       TEXT NOT NULL,
  seconds_on_page INTEGER NOT NULL CHECK (seconds_on_page >= 0),
  created_at      TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX visitor_page_views_session_id_idx ON visitor_page_views (session_id);

CREATE TABLE session_events (
  id          TEXT NOT NULL PRIMARY KEY,
  session_id  TEXT NOT NULL REFERENCES visitor_sessions ON DELETE CASCADE,
  kind        TEXT NOT NULL CHECK (kind IN ('widget_impression', 'widget_opened', 'cta_clicked')),
  detail      TEXT NOT NULL CHECK (json_valid(detail)),
  occurred_at TEXT NOT NULL,
  created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX session_events_session_id_idx ON session_events (session_id, kind);

-- seedbed: down
DROP TABLE session_events;
DROP TABLE visitor_page_views;
DROP TABLE message_evaluations;
DROP TABLE messages;
DROP TABLE conversations;
DROP TABLE visitor_sessions;
DROP TABLE visitors;
DROP TABLE ip_hash_accounts;
DROP TABLE accounts;
DROP TABLE api_key_pool;
DROP TABLE backoffice_user_domains;
DROP TABLE dashboard_users;
DROP TABLE ai_sections;
DROP TABLE client_configs;
DROP TABLE configs;
DROP TABLE site_domains;
DROP TABLE clients;
