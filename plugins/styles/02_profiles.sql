-- The profile that owns what belongs to nobody else.

INSERT INTO profiles (id, role, is_master, style_id, created_at) VALUES
  ('00000000-0000-0000-0000-000000000001', 'master', TRUE, NULL, :now)
ON CONFLICT (id) DO NOTHING;
