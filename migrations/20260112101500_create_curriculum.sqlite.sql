-- What learners read: domain > trail > concept > spark, a lesson of minutes, and the beacon that
-- checks it.  Seeded by curriculum.
--
-- A snapshot is one published state of the whole; every row names the one it belongs to.
-- Positions are not unique, so that two lessons can trade places in one statement.

-- seedbed: up
CREATE TABLE snapshots (
  id           TEXT NOT NULL PRIMARY KEY,
  version      INTEGER NOT NULL UNIQUE CHECK (version > 0),
  title        TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
  published_at TEXT,
  created_at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (status = 'draft' OR published_at IS NOT NULL)
) STRICT;

CREATE TABLE domains (
  id          TEXT NOT NULL PRIMARY KEY,
  snapshot_id TEXT NOT NULL REFERENCES snapshots,
  slug        TEXT NOT NULL,
  title       TEXT NOT NULL,
  summary     TEXT NOT NULL,
  created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  UNIQUE (snapshot_id, slug)
) STRICT;

CREATE TABLE trails (
  id          TEXT NOT NULL PRIMARY KEY,
  snapshot_id TEXT NOT NULL REFERENCES snapshots,
  domain_id   TEXT NOT NULL REFERENCES domains ON DELETE CASCADE,
  slug        TEXT NOT NULL,
  title       TEXT NOT NULL,
  summary     TEXT NOT NULL,
  position    INTEGER NOT NULL CHECK (position > 0),
  created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  UNIQUE (snapshot_id, slug)
) STRICT;
CREATE INDEX trails_domain_id_idx ON trails (domain_id, position);

CREATE TABLE concepts (
  id          TEXT NOT NULL PRIMARY KEY,
  snapshot_id TEXT NOT NULL REFERENCES snapshots,
  trail_id    TEXT NOT NULL REFERENCES trails ON DELETE CASCADE,
  slug        TEXT NOT NULL,
  title       TEXT NOT NULL,
  summary     TEXT NOT NULL,
  position    INTEGER NOT NULL CHECK (position > 0),
  created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  UNIQUE (snapshot_id, slug)
) STRICT;
CREATE INDEX concepts_trail_id_idx ON concepts (trail_id, position);

CREATE TABLE sparks (
  id          TEXT NOT NULL PRIMARY KEY,
  snapshot_id TEXT NOT NULL REFERENCES snapshots,
  concept_id  TEXT NOT NULL REFERENCES concepts ON DELETE CASCADE,
  slug        TEXT NOT NULL,
  title       TEXT NOT NULL,
  body        TEXT NOT NULL,
  minutes     INTEGER NOT NULL CHECK (minutes BETWEEN 5 AND 15),
  position    INTEGER NOT NULL CHECK (position > 0),
  created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  UNIQUE (snapshot_id, slug)
) STRICT;
CREATE INDEX sparks_concept_id_idx ON sparks (concept_id, position);

CREATE TABLE beacons (
  id          TEXT NOT NULL PRIMARY KEY,
  snapshot_id TEXT NOT NULL REFERENCES snapshots,
  spark_id    TEXT NOT NULL UNIQUE REFERENCES sparks ON DELETE CASCADE,
  question    TEXT NOT NULL,
  options     TEXT NOT NULL CHECK (json_type(options) = 'array'),
  explanation TEXT NOT NULL,
  created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX beacons_snapshot_id_idx ON beacons (snapshot_id);

CREATE TABLE concept_prerequisites (
  concept_id      TEXT NOT NULL REFERENCES concepts ON DELETE CASCADE,
  prerequisite_id TEXT NOT NULL REFERENCES concepts ON DELETE CASCADE,
  snapshot_id     TEXT NOT NULL REFERENCES snapshots,
  reason          TEXT NOT NULL,
  created_at      TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at      TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  PRIMARY KEY (concept_id, prerequisite_id),
  CHECK (concept_id <> prerequisite_id)
) STRICT;
CREATE INDEX concept_prerequisites_prerequisite_id_idx ON concept_prerequisites (prerequisite_id);
CREATE INDEX concept_prerequisites_snapshot_id_idx ON concept_prerequisites (snapshot_id);

-- seedbed: down
DROP TABLE concept_prerequisites;
DROP TABLE beacons;
DROP TABLE sparks;
DROP TABLE concepts;
DROP TABLE trails;
DROP TABLE domains;
DROP TABLE snapshots;
