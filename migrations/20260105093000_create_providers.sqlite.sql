-- Where customers' accounts and transactions are imported from.  Seeded by providers; what an
-- administrator edits afterwards is kept.

-- seedbed: up
CREATE TABLE providers (
  id              TEXT NOT NULL PRIMARY KEY,
  slug            TEXT NOT NULL UNIQUE CHECK (slug GLOB '[a-z]*' AND slug NOT GLOB '*[^a-z0-9_]*'),
  name            TEXT NOT NULL,
  category        TEXT NOT NULL CHECK (category IN ('brokerage', 'bank')),
  credential_type TEXT NOT NULL CHECK (credential_type IN ('oauth2', 'api_key', 'file_import')),
  description     TEXT NOT NULL,
  logo_url        TEXT,
  website_url     TEXT NOT NULL CHECK (website_url LIKE 'https://%'),
  is_active       INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at      TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at      TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

-- seedbed: down
DROP TABLE providers;
