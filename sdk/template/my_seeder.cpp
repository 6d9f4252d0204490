// Fills my_seeder with a few rows that demos and tests can name.

#include <string>

#include <seedbed/seeder.hpp>

namespace {

class MySeeder : public seedbed::Seeder {
  void seed(seedbed::Session& db) override {
    auto rows = db.into("my_seeder").columns("id", "name").key("id").insert_missing();
    for (int i = 1; i <= db.param<int>("count"); ++i)
      rows.row(seedbed::uuid("my_seeder", i), "number " + std::to_string(i));
  }
};

}  // namespace

SEEDBED_SEEDER(MySeeder, {.name = "my_seeder",
                          .version = "0.1.0",
                          .description = "a few rows to begin with",
                          .tier = seedbed::Tier::development,
                          .writes = {"my_seeder"},
                          .parameters = {{"count", 3, "how many rows"}}})
