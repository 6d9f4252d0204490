-- The one journey that every environment has, and the figures its page shows.
--
-- catalog_journeys (the seeder) writes the same row: whoever changes one changes both.

-- seedbed: up
INSERT INTO catalog_journeys (
  id, slug, title, tagline, description, level, language, price_cents, currency, status,
  published_at, created_at, updated_at
) VALUES (
  'aaaaaaaa-0001-0001-0001-000000000001',
  'agentic-ai-mastery',
  'Agentic AI Mastery',
  'From your first tool call to a fleet of agents you can trust',
  'Six chapters take you from a single model call to agents that plan, remember, use tools and know when to ask. You build one research assistant from beginning to end, measure it, attack it, and put it into production with the controls that an audit will ask for.',
  'intermediate',
  'en',
  14900,
  'EUR',
  'published',
  '2026-01-19T09:00:00.000Z',
  '2026-01-19T09:00:00.000Z',
  '2026-01-19T09:00:00.000Z'
);

CREATE VIEW catalog_journey_stats AS
SELECT
  journey.id AS journey_id,
  journey.slug,
  journey.title,
  (SELECT count(*)
     FROM catalog_journey_chapters AS link
    WHERE link.journey_id = journey.id) AS chapter_count,
  (SELECT count(DISTINCT insight.id)
     FROM catalog_journey_chapters AS link
     JOIN catalog_chapter_insights AS part ON part.chapter_id = link.chapter_id
     JOIN catalog_insights AS insight ON insight.id = part.insight_id
    WHERE link.journey_id = journey.id AND insight.status = 'published') AS insight_count,
  (SELECT count(*)
     FROM catalog_journey_enrollments AS enrollment
    WHERE enrollment.journey_id = journey.id) AS learner_count,
  (SELECT round(avg(score.rating), 1)
     FROM catalog_journey_ratings AS score
    WHERE score.journey_id = journey.id) AS average_rating,
  (SELECT count(*)
     FROM catalog_journey_ratings AS score
    WHERE score.journey_id = journey.id) AS rating_count,
  (SELECT coalesce(sum(chapter.duration_minutes), 0)
     FROM catalog_journey_chapters AS link
     JOIN catalog_chapters AS chapter ON chapter.id = link.chapter_id
    WHERE link.journey_id = journey.id) AS total_time_minutes
FROM catalog_journeys AS journey;

-- seedbed: down
DROP VIEW catalog_journey_stats;
DELETE FROM catalog_journeys WHERE id = 'aaaaaaaa-0001-0001-0001-000000000001';
