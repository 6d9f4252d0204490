// Declares a seeder whose name is not snake_case.

#include <seedbed/seeder.hpp>

class Colors : public seedbed::Seeder {
  void seed(seedbed::Session&) override {}
};

SEEDBED_SEEDER(Colors, {.name = "catalog-Journeys"})
