#pragma once
// An empty, correctly named migration, for `seedbed new NAME`.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/migration.hpp"

namespace seedbed::host {

/// `name` in snake_case: "Add order-Totals" and "AddOrderTotals" are "add_order_totals".
///
/// Throws Error{usage} when no letter or digit of ASCII is left, when it is longer than a file
/// name may be, and for a name that ends in "down", which would make the file a down part.
std::string migration_name(std::string_view name);

/// The version after `newest`, which may be empty: `now` in UTC to the second, as 14 digits, or
/// one more than `newest` where that is not above it.  Histories that count (0007, or flyway's
/// 1.2) go on counting in the same width.
///
/// Throws Error{usage} where the format, which sorts by bytes, has no version after 999.
std::string next_version(Format format, std::string_view newest,
                         std::chrono::system_clock::time_point now);

/// What a new migration says; empty parts are for its author to fill.
struct MigrationText {
  std::string up, down;  ///< whole lines
};

/// Writes a migration into `directory`, made if it is missing, in the folder's format
/// (`format`, or what read_migrations() would find), and returns the paths as people see them: one,
/// or golang-migrate's two.  Nothing is overwritten.
///
/// Throws Error{usage} for a name as above, and when the folder or a file cannot be made.
std::vector<std::filesystem::path> create_migration(const std::filesystem::path& directory,
                                                    std::optional<Format> format,
                                                    const std::filesystem::path& root,
                                                    std::string_view name,
                                                    std::chrono::system_clock::time_point now,
                                                    const MigrationText& text = {});

}  // namespace seedbed::host
