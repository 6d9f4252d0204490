// Writes a value that no database has.

#include <seedbed/seeder.hpp>

struct Price {};

void seed(seedbed::Session& db) {
  db.into("t").columns("a").key("a").insert_missing().row(Price());
}
