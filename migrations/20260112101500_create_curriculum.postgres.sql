-- What learners read: domain > trail > concept > spark, a lesson of minutes, and the beacon that
-- checks it.  Seeded by curriculum.
--
-- A snapshot is one published state of the whole; every row names the one it belongs to.
-- Positions are not unique, so that two lessons can trade places in one statement.

-- seedbed: up
CREATE TABLE snapshots (
  id           uuid PRIMARY KEY,
  version      integer NOT NULL UNIQUE CHECK (version > 0),
  title        text NOT NULL,
  status       text NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
  published_at timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  CHECK (status = 'draft' OR published_at IS NOT NULL)
);

CREATE TABLE domains (
  id          uuid PRIMARY KEY,
  snapshot_id uuid NOT NULL REFERENCES snapshots,
  slug        text NOT NULL,
  title       text NOT NULL,
  summary     text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (snapshot_id, slug)
);

CREATE TABLE trails (
  id          uuid PRIMARY KEY,
  snapshot_id uuid NOT NULL REFERENCES snapshots,
  domain_id   uuid NOT NULL REFERENCES domains ON DELETE CASCADE,
  slug        text NOT NULL,
  title       text NOT NULL,
  summary     text NOT NULL,
  position    integer NOT NULL CHECK (position > 0),
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (snapshot_id, slug)
);
CREATE INDEX trails_domain_id_idx ON trails (domain_id, position);

CREATE TABLE concepts (
  id          uuid PRIMARY KEY,
  snapshot_id uuid NOT NULL REFERENCES snapshots,
  trail_id    uuid NOT NULL REFERENCES trails ON DELETE CASCADE,
  slug        text NOT NULL,
  title       text NOT NULL,
  summary     text NOT NULL,
  position    integer NOT NULL CHECK (position > 0),
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (snapshot_id, slug)
);
CREATE INDEX concepts_trail_id_idx ON concepts (trail_id, position);

CREATE TABLE sparks (
  id          uuid PRIMARY KEY,
  snapshot_id uuid NOT NULL REFERENCES snapshots,
  concept_id  uuid NOT NULL REFERENCES concepts ON DELETE CASCADE,
  slug        text NOT NULL,
  title       text NOT NULL,
  body        text NOT NULL,
  minutes     integer NOT NULL CHECK (minutes BETWEEN 5 AND 15),
  position    integer NOT NULL CHECK (position > 0),
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (snapshot_id, slug)
);
CREATE INDEX sparks_concept_id_idx ON sparks (concept_id, position);

CREATE TABLE beacons (
  id          uuid PRIMARY KEY,
  snapshot_id uuid NOT NULL REFERENCES snapshots,
  spark_id    uuid NOT NULL UNIQUE REFERENCES sparks ON DELETE CASCADE,
  question    text NOT NULL,
  options     jsonb NOT NULL CHECK (jsonb_typeof(options) = 'array'),
  explanation text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX beacons_snapshot_id_idx ON beacons (snapshot_id);

CREATE TABLE concept_prerequisites (
  concept_id      uuid NOT NULL REFERENCES concepts ON DELETE CASCADE,
  prerequisite_id uuid NOT NULL REFERENCES concepts ON DELETE CASCADE,
  snapshot_id     uuid NOT NULL REFERENCES snapshots,
  reason          text NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (concept_id, prerequisite_id),
  CHECK (concept_id <> prerequisite_id)
);
CREATE INDEX concept_prerequisites_prerequisite_id_idx ON concept_prerequisites (prerequisite_id);
CREATE INDEX concept_prerequisites_snapshot_id_idx ON concept_prerequisites (snapshot_id);

-- Everybody may read what is published; the owner, and roles that bypass row-level security, write.
ALTER TABLE snapshots ENABLE ROW LEVEL SECURITY;
CREATE POLICY snapshots_readable ON snapshots FOR SELECT USING (status = 'published');
ALTER TABLE domains ENABLE ROW LEVEL SECURITY;
CREATE POLICY domains_readable ON domains FOR SELECT USING (true);
ALTER TABLE trails ENABLE ROW LEVEL SECURITY;
CREATE POLICY trails_readable ON trails FOR SELECT USING (true);
ALTER TABLE concepts ENABLE ROW LEVEL SECURITY;
CREATE POLICY concepts_readable ON concepts FOR SELECT USING (true);
ALTER TABLE sparks ENABLE ROW LEVEL SECURITY;
CREATE POLICY sparks_readable ON sparks FOR SELECT USING (true);
ALTER TABLE beacons ENABLE ROW LEVEL SECURITY;
CREATE POLICY beacons_readable ON beacons FOR SELECT USING (true);
ALTER TABLE concept_prerequisites ENABLE ROW LEVEL SECURITY;
CREATE POLICY concept_prerequisites_readable ON concept_prerequisites FOR SELECT USING (true);

-- seedbed: down
DROP TABLE concept_prerequisites, beacons, sparks, concepts, trails, domains, snapshots;
