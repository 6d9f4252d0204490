// Declares more dependencies than a declaration holds.

#include <seedbed/seeder.hpp>

class Colors : public seedbed::Seeder {
  void seed(seedbed::Session&) override {}
};

SEEDBED_SEEDER(Colors, {.name = "colors",
                        .after = {"a", "b", "c", "d", "e",  "f",  "g",  "h",  "i",  "j",  "k",
                                  "l", "m", "n", "o", "p",  "q",  "r",  "s",  "t",  "u",  "v",
                                  "w", "x", "y", "z", "aa", "ab", "ac", "ad", "ae", "af", "ag"}})
