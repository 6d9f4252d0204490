// Declares a seeder without a name.

#include <seedbed/seeder.hpp>

class Colors : public seedbed::Seeder {
  void seed(seedbed::Session&) override {}
};

SEEDBED_SEEDER(Colors, {.version = "1.0.0"})
