-- Where customers' accounts and transactions are imported from.  Seeded by providers; what an
-- administrator edits afterwards is kept.

-- seedbed: up
CREATE TABLE providers (
  id              uuid PRIMARY KEY,
  slug            text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9_]*$'),
  name            text NOT NULL,
  category        text NOT NULL CHECK (category IN ('brokerage', 'bank')),
  credential_type text NOT NULL CHECK (credential_type IN ('oauth2', 'api_key', 'file_import')),
  description     text NOT NULL,
  logo_url        text,
  website_url     text NOT NULL CHECK (website_url LIKE 'https://%'),
  is_active       boolean NOT NULL DEFAULT true,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now()
);

-- Everybody may read what is active; the owner, and roles that bypass row-level security, write.
ALTER TABLE providers ENABLE ROW LEVEL SECURITY;
CREATE POLICY providers_readable ON providers FOR SELECT USING (is_active);

-- seedbed: down
DROP TABLE providers;
