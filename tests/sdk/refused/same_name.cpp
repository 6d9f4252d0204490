// Puts two seeders of one name into a library.

#include <seedbed/seeder.hpp>

struct Colors : seedbed::Seeder {
  static constexpr seedbed::Declaration declaration{.name = "colors"};
  void seed(seedbed::Session&) override {}
};

struct OtherColors : seedbed::Seeder {
  static constexpr seedbed::Declaration declaration{.name = "colors"};
  void seed(seedbed::Session&) override {}
};

SEEDBED_PLUGIN(Colors, OtherColors)
