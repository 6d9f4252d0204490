// Seeds twice with the plugin that the first argument names, on the schema that the second does.

#include <cstdio>

#include <seedbed/testing.hpp>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto runs = seedbed::testing::seed_twice(argv[1], "customers", {.migrations = argv[2]});
  std::printf("first %d second %d rows %s\n", static_cast<int>(runs.first.inserted), static_cast<int>(runs.second.changed()),
              runs.value("SELECT count(*) FROM customer").c_str());
  return 0;
}
