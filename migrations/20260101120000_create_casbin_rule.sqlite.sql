-- Authorisation policy, in the shape that Casbin's adapters read.  Seeded by rbac.
--
-- v0 … v5 are never NULL: NULLs would not conflict with each other, and the same policy could be
-- stored twice.

-- seedbed: up
CREATE TABLE casbin_rule (
  id         INTEGER PRIMARY KEY,
  ptype      TEXT NOT NULL CHECK (ptype IN ('p', 'g')),
  v0         TEXT NOT NULL DEFAULT '',
  v1         TEXT NOT NULL DEFAULT '',
  v2         TEXT NOT NULL DEFAULT '',
  v3         TEXT NOT NULL DEFAULT '',
  v4         TEXT NOT NULL DEFAULT '',
  v5         TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  UNIQUE (ptype, v0, v1, v2, v3, v4, v5)
) STRICT;

-- seedbed: down
DROP TABLE casbin_rule;
