-- People who buy things.  Seeded by customers and plain_c.

CREATE TABLE customer (
  email TEXT NOT NULL PRIMARY KEY,
  name  TEXT NOT NULL
);
