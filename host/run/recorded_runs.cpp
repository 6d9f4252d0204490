#include "run/recorded_runs.hpp"

namespace seedbed::host {

RunLog recorded_runs(const Settings& settings, std::size_t count, std::chrono::milliseconds wait) {
  RunLog log;
  log.environment = settings.environment;
  log.url = settings.url.display;
  log.engine = settings.url.engine;
  const std::unique_ptr<Database> database = connect(settings.url, {wait, /*create=*/false, settings.lock_timeout});
  Ledger ledger(*database);
  if (!ledger.exists()) return log;
  log.runs = ledger.runs(count);
  log.total = ledger.count_runs();
  return log;
}

}  // namespace seedbed::host
