-- The chat widget on clients' sites and what it records.  Seeded by synthetic_traffic.
--
-- Nothing here is personal data: an address is kept as a salted hash, and a hash may resolve to a
-- company (accounts), never to a person.

-- seedbed: up
CREATE TABLE clients (
  id         uuid PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE site_domains (
  id         uuid PRIMARY KEY,
  client_id  uuid NOT NULL REFERENCES clients ON DELETE CASCADE,
  domain     text NOT NULL UNIQUE CHECK (domain = lower(domain)),
  language   text NOT NULL CHECK (length(language) = 2),
  is_active  boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX site_domains_client_id_idx ON site_domains (client_id);

CREATE TABLE configs (
  slug          text PRIMARY KEY,
  title         text NOT NULL,
  default_value jsonb NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE client_configs (
  client_id  uuid NOT NULL REFERENCES clients ON DELETE CASCADE,
  slug       text NOT NULL REFERENCES configs,
  value      jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (client_id, slug)
);
CREATE INDEX client_configs_slug_idx ON client_configs (slug);

CREATE TABLE ai_sections (
  id             uuid PRIMARY KEY,
  site_domain_id uuid NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  slug           text NOT NULL,
  title          text NOT NULL,
  prompt         text NOT NULL,
  position       integer NOT NULL CHECK (position > 0),
  is_active      boolean NOT NULL DEFAULT true,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (site_domain_id, slug)
);

CREATE TABLE dashboard_users (
  id            uuid PRIMARY KEY,
  email         text NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@_%'),
  password_hash text NOT NULL,
  role          text NOT NULL CHECK (role IN ('admin', 'user')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE backoffice_user_domains (
  user_id        uuid NOT NULL REFERENCES dashboard_users ON DELETE CASCADE,
  site_domain_id uuid NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, site_domain_id)
);
CREATE INDEX backoffice_user_domains_site_domain_id_idx ON backoffice_user_domains (site_domain_id);

CREATE TABLE api_key_pool (
  id             uuid PRIMARY KEY,
  provider       text NOT NULL,
  label          text NOT NULL,
  key_ciphertext text NOT NULL,
  is_active      boolean NOT NULL DEFAULT true,
  last_used_at   timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, label)
);

CREATE TABLE accounts (
  id         uuid PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  industry   text NOT NULL,
  country    text NOT NULL CHECK (length(country) = 2),
  employees  integer NOT NULL CHECK (employees > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ip_hash_accounts (
  ip_hash    text PRIMARY KEY CHECK (length(ip_hash) = 64),
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  confidence integer NOT NULL CHECK (confidence BETWEEN 0 AND 100),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ip_hash_accounts_account_id_idx ON ip_hash_accounts (account_id);

-- ip_hash has no foreign key: most addresses never resolve to an account.
CREATE TABLE visitors (
  id             uuid PRIMARY KEY,
  site_domain_id uuid NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  ip_hash        text NOT NULL CHECK (length(ip_hash) = 64),
  country        text NOT NULL CHECK (length(country) = 2),
  device         text NOT NULL CHECK (device IN ('desktop', 'mobile', 'tablet')),
  first_seen_at  timestamptz NOT NULL,
  last_seen_at   timestamptz NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now(),
  CHECK (last_seen_at >= first_seen_at)
);
CREATE INDEX visitors_site_domain_id_idx ON visitors (site_domain_id, last_seen_at);
CREATE INDEX visitors_ip_hash_idx ON visitors (ip_hash);

CREATE TABLE visitor_sessions (
  id                uuid PRIMARY KEY,
  visitor_id        uuid NOT NULL REFERENCES visitors ON DELETE CASCADE,
  site_domain_id    uuid NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  environment       text NOT NULL CHECK (environment IN ('production', 'staging', 'preview')),
  deployment_target text NOT NULL CHECK (deployment_target IN ('widget', 'fullpage', 'api')),
  referrer          text,
  started_at        timestamptz NOT NULL,
  duration_seconds  integer NOT NULL CHECK (duration_seconds >= 0),
  created_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX visitor_sessions_visitor_id_idx ON visitor_sessions (visitor_id);
CREATE INDEX visitor_sessions_site_domain_id_idx ON visitor_sessions (site_domain_id, started_at);

-- A person converts by asking for a demo, or by leaving no more than an address to write to.
CREATE TABLE conversations (
  id                uuid PRIMARY KEY,
  site_domain_id    uuid NOT NULL REFERENCES site_domains ON DELETE CASCADE,
  visitor_id        uuid NOT NULL REFERENCES visitors ON DELETE CASCADE,
  session_id        uuid REFERENCES visitor_sessions ON DELETE SET NULL,
  ai_section_id     uuid REFERENCES ai_sections ON DELETE SET NULL,
  environment       text NOT NULL CHECK (environment IN ('production', 'staging', 'preview')),
  deployment_target text NOT NULL CHECK (deployment_target IN ('widget', 'fullpage', 'api')),
  language          text NOT NULL CHECK (length(language) = 2),
  started_at        timestamptz NOT NULL,
  last_message_at   timestamptz NOT NULL,
  demo_requested_at timestamptz,
  email_left_at     timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now(),
  CHECK (last_message_at >= started_at)
);
CREATE INDEX conversations_site_domain_id_idx ON conversations (site_domain_id, last_message_at);
CREATE INDEX conversations_visitor_id_idx ON conversations (visitor_id);
CREATE INDEX conversations_session_id_idx ON conversations (session_id);
CREATE INDEX conversations_ai_section_id_idx ON conversations (ai_section_id);

CREATE TABLE messages (
  id              uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  position        integer NOT NULL CHECK (position > 0),
  author          text NOT NULL CHECK (author IN ('visitor', 'assistant', 'operator')),
  body            text NOT NULL,
  tokens          integer NOT NULL DEFAULT 0 CHECK (tokens >= 0),
  sent_at         timestamptz NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (conversation_id, position)
);

CREATE TABLE message_evaluations (
  id           uuid PRIMARY KEY,
  message_id   uuid NOT NULL UNIQUE REFERENCES messages ON DELETE CASCADE,
  score        integer NOT NULL CHECK (score BETWEEN 1 AND 5),
  verdict      text NOT NULL CHECK (verdict IN ('helpful', 'incomplete', 'off_topic', 'unsafe')),
  reason       text NOT NULL,
  evaluated_at timestamptz NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE visitor_page_views (
  id              uuid PRIMARY KEY,
  session_id      uuid NOT NULL REFERENCES visitor_sessions ON DELETE CASCADE,
  path            text NOT NULL CHECK (path LIKE '/%'),
  title           text NOT NULL,
  viewed_at       timestamptz NOT NULL,
  seconds_on_page integer NOT NULL CHECK (seconds_on_page >= 0),
  created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX visitor_page_views_session_id_idx ON visitor_page_views (session_id);

CREATE TABLE session_events (
  id          uuid PRIMARY KEY,
  session_id  uuid NOT NULL REFERENCES visitor_sessions ON DELETE CASCADE,
  kind        text NOT NULL CHECK (kind IN ('widget_impression', 'widget_opened', 'cta_clicked')),
  detail      jsonb NOT NULL,
  occurred_at timestamptz NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_events_session_id_idx ON session_events (session_id, kind);

-- The dashboard user of this request, or NULL.  request.jwt.claims is what Supabase's API sets; it
-- is read directly, so that the schema does without Supabase's auth functions too.
CREATE FUNCTION current_dashboard_user_id() RETURNS uuid
LANGUAGE sql STABLE SET search_path = '' AS $$
  SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;

-- SECURITY DEFINER, since those who ask may read neither of the two tables.
CREATE FUNCTION may_read_site_domain(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT EXISTS (SELECT FROM backoffice_user_domains
                  WHERE user_id = current_dashboard_user_id() AND site_domain_id = wanted)
      OR EXISTS (SELECT FROM dashboard_users
                  WHERE id = current_dashboard_user_id() AND role = 'admin')
$$;

ALTER TABLE clients ENABLE ROW LEVEL SECURITY;
ALTER TABLE site_domains ENABLE ROW LEVEL SECURITY;
ALTER TABLE configs ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_configs ENABLE ROW LEVEL SECURITY;
ALTER TABLE ai_sections ENABLE ROW LEVEL SECURITY;
ALTER TABLE dashboard_users ENABLE ROW LEVEL SECURITY;
ALTER TABLE backoffice_user_domains ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key_pool ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE ip_hash_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE visitors ENABLE ROW LEVEL SECURITY;
ALTER TABLE visitor_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_evaluations ENABLE ROW LEVEL SECURITY;
ALTER TABLE visitor_page_views ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY site_domains_granted ON site_domains FOR SELECT USING (may_read_site_domain(id));

-- service_role, authenticated and anon are Supabase's; elsewhere they may not exist.
DO $$
DECLARE
  api_role name;
BEGIN
  -- A SECURITY DEFINER function must not find its tables in a schema of its caller's choice.
  EXECUTE format('ALTER FUNCTION may_read_site_domain(uuid) SET search_path = %I, pg_temp',
                 current_schema());

  FOR api_role IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
    EXECUTE format('REVOKE ALL ON api_key_pool, dashboard_users FROM %I', api_role);
  END LOOP;

  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
    GRANT SELECT ON site_domains TO authenticated;
  END IF;

  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON api_key_pool TO service_role;
    CREATE POLICY api_key_pool_service ON api_key_pool TO service_role
      USING (true) WITH CHECK (true);
  END IF;
END
$$;

-- seedbed: down
DROP TABLE session_events, visitor_page_views, message_evaluations, messages, conversations,
  visitor_sessions, visitors, ip_hash_accounts, accounts, api_key_pool, backoffice_user_domains,
  dashboard_users, ai_sections, client_configs, configs, site_domains, clients;
DROP FUNCTION may_read_site_domain(uuid), current_dashboard_user_id();
