#include "migration/baseline.hpp"

#include <algorithm>

namespace seedbed::host {

namespace {

bool is_repeatable(const AppliedMigration& row) { return row.version.starts_with('R'); }

const Migration* choose(const std::vector<Migration>& baselines,
                        const std::vector<AppliedMigration>& applied) {
  if (baselines.empty()) return nullptr;
  if (std::ranges::all_of(applied, is_repeatable)) return &baselines.back();
  for (const AppliedMigration& row : applied) {
    const auto found = std::ranges::find(baselines, row.version, &Migration::version);
    if (found != baselines.end()) return &*found;
  }
  return nullptr;
}

}  // namespace

void use_baseline(std::vector<Migration>& files, const std::vector<Migration>& baselines,
                  const std::vector<AppliedMigration>& applied) {
  const Migration* baseline = choose(baselines, applied);
  if (baseline == nullptr) return;
  std::erase_if(files, [baseline](const Migration& file) {
    return compare_versions(Format::flyway, file.version, baseline->version) <= 0;
  });
  files.insert(files.begin(), *baseline);
}

}  // namespace seedbed::host
