// Declares a parameter twice.

#include <seedbed/seeder.hpp>

class Colors : public seedbed::Seeder {
  void seed(seedbed::Session&) override {}
};

SEEDBED_SEEDER(Colors, {.name = "colors", .parameters = {{"count", 5, ""}, {"count", 6, ""}}})
