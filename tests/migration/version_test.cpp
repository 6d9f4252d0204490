#include <compare>

#include "migration/migration.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;

TEST_CASE("native versions compare as numbers and dates as dates", "[migration]") {
  CHECK(std::is_lt(compare_versions(Format::seedbed, "2", "10")));
  CHECK(std::is_eq(compare_versions(Format::seedbed, "002", "2")));
  CHECK(std::is_gt(compare_versions(Format::seedbed, "20250101", "20240101120000")));
  CHECK(std::is_lt(compare_versions(Format::seedbed, "999", "20240101")));
}

TEST_CASE("plain versions compare by number and then by name", "[migration]") {
  CHECK(std::is_lt(compare_versions(Format::plain, "2_b", "10_a")));
  CHECK(std::is_lt(compare_versions(Format::plain, "002_a", "002_b")));
  CHECK(std::is_lt(compare_versions(Format::plain, "002_a", "002_a_b")));
}

TEST_CASE("supabase and dbmate versions compare by their bytes", "[migration]") {
  CHECK(std::is_lt(compare_versions(Format::supabase, "20240101120000", "20240101")));
  CHECK(std::is_lt(compare_versions(Format::dbmate, "10", "2")));
}

TEST_CASE("goose and golang-migrate versions compare as numbers", "[migration]") {
  CHECK(std::is_lt(compare_versions(Format::goose, "20240101", "20230101120000")));
  CHECK(std::is_lt(compare_versions(Format::golang_migrate, "000002", "10")));
}

TEST_CASE("flyway versions compare part by part", "[migration]") {
  CHECK(std::is_lt(compare_versions(Format::flyway, "1.2", "1.10")));
  CHECK(std::is_eq(compare_versions(Format::flyway, "1", "1.0")));
  CHECK(std::is_gt(compare_versions(Format::flyway, "2", "1.99")));
  CHECK(std::is_lt(compare_versions(Format::flyway, "99", "R__views")));
  CHECK(std::is_lt(compare_versions(Format::flyway, "R__a", "R__b")));
}
