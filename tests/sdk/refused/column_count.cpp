// Gives a row fewer values than it has columns.

#include <seedbed/seeder.hpp>

void seed(seedbed::Session& db) {
  db.into("t").columns("a", "b", "c").key("a").insert_missing().row(1, 2);
}
