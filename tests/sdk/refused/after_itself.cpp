// Declares a seeder that depends on itself.

#include <seedbed/seeder.hpp>

class Colors : public seedbed::Seeder {
  void seed(seedbed::Session&) override {}
};

SEEDBED_SEEDER(Colors, {.name = "colors", .after = {"colors"}})
