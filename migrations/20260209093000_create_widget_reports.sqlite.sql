-- What the dashboard shows of the widget.
--
-- The thirty days end with the newest visit or message anywhere, not with the clock: figures stay
-- the same until there is something new, and a demonstration does not run empty with age.

-- seedbed: up
CREATE VIEW mv_widget_visitors AS
SELECT
  session.visitor_id,
  session.site_domain_id,
  count(*)                      AS visits,
  max(session.duration_seconds) AS longest_visit_seconds,
  min(session.started_at)       AS first_visit_at,
  max(session.started_at)       AS last_visit_at
FROM visitor_sessions AS session
WHERE session.environment = 'production'
  AND session.deployment_target = 'widget'
  AND session.duration_seconds >= 10
GROUP BY session.visitor_id, session.site_domain_id;

CREATE VIEW mv_conversation_visitors AS
SELECT
  conversation.visitor_id,
  conversation.site_domain_id,
  count(*)                                        AS conversations,
  max(conversation.last_message_at)               AS last_message_at,
  max(conversation.demo_requested_at IS NOT NULL) AS requested_demo,
  max(conversation.email_left_at IS NOT NULL)     AS left_email
FROM conversations AS conversation
WHERE conversation.environment = 'production'
  AND conversation.deployment_target = 'widget'
GROUP BY conversation.visitor_id, conversation.site_domain_id;

CREATE VIEW mv_client_stats_30d AS
WITH newest AS (
  SELECT max(at) AS at FROM (
    SELECT max(julianday(last_visit_at)) AS at FROM mv_widget_visitors
    UNION ALL
    SELECT max(julianday(last_message_at)) FROM mv_conversation_visitors
  )
), visits AS (
  SELECT site_domain_id, count(*) AS widget_visitors
  FROM mv_widget_visitors, newest
  WHERE julianday(last_visit_at) > newest.at - 30
  GROUP BY site_domain_id
), talks AS (
  SELECT
    site_domain_id,
    count(*)                                                  AS talkers,
    sum(conversations)                                        AS conversations,
    count(*) FILTER (WHERE requested_demo)                    AS demo_persons,
    count(*) FILTER (WHERE left_email AND NOT requested_demo) AS email_only_persons
  FROM mv_conversation_visitors, newest
  WHERE julianday(last_message_at) > newest.at - 30
  GROUP BY site_domain_id
), figures AS (
  SELECT
    site.client_id,
    site.domain AS site_domain,
    coalesce(visits.widget_visitors, 0)   AS widget_visitors,
    coalesce(talks.talkers, 0)            AS talkers,
    coalesce(talks.conversations, 0)      AS conversations,
    coalesce(talks.demo_persons, 0)       AS demo_persons,
    coalesce(talks.email_only_persons, 0) AS email_only_persons
  FROM site_domains AS site
  LEFT JOIN visits ON visits.site_domain_id = site.id
  LEFT JOIN talks ON talks.site_domain_id = site.id
)
SELECT
  client_id,
  site_domain,
  widget_visitors,
  conversations,
  round(100.0 * talkers / nullif(widget_visitors, 0), 1) AS engagement_rate,
  demo_persons,
  email_only_persons,
  round(100.0 * (demo_persons + email_only_persons) / nullif(conversations, 0), 1)
    AS conversion_rate
FROM figures;

-- seedbed: down
DROP VIEW mv_client_stats_30d;
DROP VIEW mv_conversation_visitors;
DROP VIEW mv_widget_visitors;
