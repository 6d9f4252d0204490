-- The public catalog: journeys made of chapters, chapters made of insights, and what learners
-- made of them.
--
-- Enrolments and ratings name learners of any tenant; their user_id has no foreign key on purpose.

-- seedbed: up
CREATE TABLE catalog_journeys (
  id           uuid PRIMARY KEY,
  slug         text NOT NULL UNIQUE,
  title        text NOT NULL,
  tagline      text NOT NULL,
  description  text NOT NULL,
  level        text NOT NULL CHECK (level IN ('beginner', 'intermediate', 'advanced')),
  language     text NOT NULL DEFAULT 'en',
  price_cents  integer NOT NULL CHECK (price_cents >= 0),
  currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  status       text NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
  published_at timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  CHECK (status = 'draft' OR published_at IS NOT NULL)
);

CREATE TABLE catalog_chapters (
  id               uuid PRIMARY KEY,
  slug             text NOT NULL UNIQUE,
  title            text NOT NULL,
  summary          text NOT NULL,
  duration_minutes integer NOT NULL CHECK (duration_minutes > 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE catalog_journey_chapters (
  journey_id uuid NOT NULL REFERENCES catalog_journeys ON DELETE CASCADE,
  chapter_id uuid NOT NULL REFERENCES catalog_chapters ON DELETE CASCADE,
  position   integer NOT NULL CHECK (position > 0),
  is_preview boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (journey_id, chapter_id)
);
CREATE INDEX catalog_journey_chapters_chapter_id_idx ON catalog_journey_chapters (chapter_id);

CREATE TABLE catalog_insights (
  id         uuid PRIMARY KEY,
  slug       text NOT NULL UNIQUE,
  title      text NOT NULL,
  body       text NOT NULL,
  status     text NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE catalog_chapter_insights (
  chapter_id uuid NOT NULL REFERENCES catalog_chapters ON DELETE CASCADE,
  insight_id uuid NOT NULL REFERENCES catalog_insights ON DELETE CASCADE,
  position   integer NOT NULL CHECK (position > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (chapter_id, insight_id)
);
CREATE INDEX catalog_chapter_insights_insight_id_idx ON catalog_chapter_insights (insight_id);

CREATE TABLE catalog_journey_enrollments (
  journey_id       uuid NOT NULL REFERENCES catalog_journeys ON DELETE CASCADE,
  user_id          uuid NOT NULL,
  progress_percent integer NOT NULL DEFAULT 0 CHECK (progress_percent BETWEEN 0 AND 100),
  enrolled_at      timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (journey_id, user_id)
);
CREATE INDEX catalog_journey_enrollments_user_id_idx ON catalog_journey_enrollments (user_id);

CREATE TABLE catalog_journey_ratings (
  journey_id uuid NOT NULL REFERENCES catalog_journeys ON DELETE CASCADE,
  user_id    uuid NOT NULL,
  rating     integer NOT NULL CHECK (rating BETWEEN 1 AND 5),
  comment    text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (journey_id, user_id)
);
CREATE INDEX catalog_journey_ratings_user_id_idx ON catalog_journey_ratings (user_id);

-- Everybody may read what is published; the owner, and roles that bypass row-level security, write.
ALTER TABLE catalog_journeys ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalog_journeys_readable ON catalog_journeys FOR SELECT USING (status = 'published');
ALTER TABLE catalog_chapters ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalog_chapters_readable ON catalog_chapters FOR SELECT USING (true);
ALTER TABLE catalog_journey_chapters ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalog_journey_chapters_readable ON catalog_journey_chapters FOR SELECT USING (true);
ALTER TABLE catalog_insights ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalog_insights_readable ON catalog_insights FOR SELECT USING (status = 'published');
ALTER TABLE catalog_chapter_insights ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalog_chapter_insights_readable ON catalog_chapter_insights FOR SELECT USING (true);

-- No policy: who learns what is nobody else's business.
ALTER TABLE catalog_journey_enrollments ENABLE ROW LEVEL SECURITY;
ALTER TABLE catalog_journey_ratings ENABLE ROW LEVEL SECURITY;

-- seedbed: down
DROP TABLE catalog_journey_ratings, catalog_journey_enrollments, catalog_chapter_insights,
  catalog_insights, catalog_journey_chapters, catalog_chapters, catalog_journeys;
