-- The public catalog: journeys made of chapters, chapters made of insights, and what learners
-- made of them.
--
-- Enrolments and ratings name learners of any tenant; their user_id has no foreign key on purpose.

-- seedbed: up
CREATE TABLE catalog_journeys (
  id           TEXT NOT NULL PRIMARY KEY,
  slug         TEXT NOT NULL UNIQUE,
  title        TEXT NOT NULL,
  tagline      TEXT NOT NULL,
  description  TEXT NOT NULL,
  level        TEXT NOT NULL CHECK (level IN ('beginner', 'intermediate', 'advanced')),
  language     TEXT NOT NULL DEFAULT 'en',
  price_cents  INTEGER NOT NULL CHECK (price_cents >= 0),
  currency     TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  status       TEXT NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
  published_at TEXT,
  created_at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  CHECK (status = 'draft' OR published_at IS NOT NULL)
) STRICT;

CREATE TABLE catalog_chapters (
  id               TEXT NOT NULL PRIMARY KEY,
  slug             TEXT NOT NULL UNIQUE,
  title            TEXT NOT NULL,
  summary          TEXT NOT NULL,
  duration_minutes INTEGER NOT NULL CHECK (duration_minutes > 0),
  created_at       TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at       TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TABLE catalog_journey_chapters (
  journey_id TEXT NOT NULL REFERENCES catalog_journeys ON DELETE CASCADE,
  chapter_id TEXT NOT NULL REFERENCES catalog_chapters ON DELETE CASCADE,
  position   INTEGER NOT NULL CHECK (position > 0),
  is_preview INTEGER NOT NULL DEFAULT 0 CHECK (is_preview IN (0, 1)),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  PRIMARY KEY (journey_id, chapter_id)
) STRICT;
CREATE INDEX catalog_journey_chapters_chapter_id_idx ON catalog_journey_chapters (chapter_id);

CREATE TABLE catalog_insights (
  id         TEXT NOT NULL PRIMARY KEY,
  slug       TEXT NOT NULL UNIQUE,
  title      TEXT NOT NULL,
  body       TEXT NOT NULL,
  status     TEXT NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TABLE catalog_chapter_insights (
  chapter_id TEXT NOT NULL REFERENCES catalog_chapters ON DELETE CASCADE,
  insight_id TEXT NOT NULL REFERENCES catalog_insights ON DELETE CASCADE,
  position   INTEGER NOT NULL CHECK (position > 0),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  PRIMARY KEY (chapter_id, insight_id)
) STRICT;
CREATE INDEX catalog_chapter_insights_insight_id_idx ON catalog_chapter_insights (insight_id);

CREATE TABLE catalog_journey_enrollments (
  journey_id       TEXT NOT NULL REFERENCES catalog_journeys ON DELETE CASCADE,
  user_id          TEXT NOT NULL,
  progress_percent INTEGER NOT NULL DEFAULT 0 CHECK (progress_percent BETWEEN 0 AND 100),
  enrolled_at      TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at       TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  PRIMARY KEY (journey_id, user_id)
) STRICT;
CREATE INDEX catalog_journey_enrollments_user_id_idx ON catalog_journey_enrollments (user_id);

CREATE TABLE catalog_journey_ratings (
  journey_id TEXT NOT NULL REFERENCES catalog_journeys ON DELETE CASCADE,
  user_id    TEXT NOT NULL,
  rating     INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
  comment    TEXT,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  PRIMARY KEY (journey_id, user_id)
) STRICT;
CREATE INDEX catalog_journey_ratings_user_id_idx ON catalog_journey_ratings (user_id);

-- seedbed: down
DROP TABLE catalog_journey_ratings;
DROP TABLE catalog_journey_enrollments;
DROP TABLE catalog_chapter_insights;
DROP TABLE catalog_insights;
DROP TABLE catalog_journey_chapters;
DROP TABLE catalog_chapters;
DROP TABLE catalog_journeys;
