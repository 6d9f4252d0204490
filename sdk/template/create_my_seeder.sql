-- seedbed: up
CREATE TABLE "my_seeder" (
  id   uuid NOT NULL PRIMARY KEY,
  name text NOT NULL
);

-- seedbed: down
DROP TABLE "my_seeder";
