// SQL that may switch off the counting of rows.

#include "database/sql/track_counts.hpp"

#include <string>

#include "support/catch.hpp"

using seedbed::host::sql::mention_of_track_counts;

namespace {

/// What stands at the place found, up to the end of the statement.
std::string found(const std::string& statement) {
  const auto at = mention_of_track_counts(statement);
  return at ? statement.substr(*at) : "";
}

}  // namespace

TEST_CASE("the setting that switches the counting off is found wherever it may be set", "[sql]") {
  CHECK(found("SET track_counts = off") == "track_counts = off");
  CHECK(found("set local \"Track_Counts\" to 0") == "Track_Counts\" to 0");
  CHECK(found("SELECT set_config('TRACK_COUNTS', 'off', true)") == "TRACK_COUNTS', 'off', true)");
  CHECK(found("UPDATE pg_settings SET setting = 'off' WHERE name = 'track_counts'") == "track_counts'");
  CHECK(found("DO $a$ BEGIN EXECUTE 'SET track_counts=off'; END $a$") == "track_counts=off'; END $a$");
  CHECK(found("DO $$ BEGIN SET track_counts = off; END $$") == "track_counts = off; END $$");
  CHECK(found("ALTER FUNCTION f SET track_counts = off") == "track_counts = off");
  CHECK(found("SELECT $$track_counts$$") == "track_counts$$");
}

TEST_CASE("what only looks like the setting of the counting is left alone", "[sql]") {
  CHECK(found("INSERT INTO track_counts (album, \"track_counts\") VALUES (1, 2)").empty());
  CHECK(found("UPDATE album SET track_counts = 3").empty());
  CHECK(found("SET search_path = my_track_counts, track_countss").empty());
  CHECK(found("/* track_counts */ SET x = 1 -- track_counts").empty());
  CHECK(found("DO $$ BEGIN /* track_counts */ END; $$").empty());
  CHECK(found("SET track_io_timing = off").empty());
}
