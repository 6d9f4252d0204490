-- The voices that a profile can choose from.

INSERT INTO styles_metadata (id, label, category, subcategory, is_premium) VALUES
  ('pb_a',    'Thomas Shelby',  'series', 'Peaky Blinders',        TRUE),
  ('suit_a',  'Harvey Specter', 'series', 'La Ley de los Audaces', FALSE),
  ('jhonw_a', 'Baba Yaga',      'cinema', 'John Wick',             TRUE)
ON CONFLICT (id) DO NOTHING;
