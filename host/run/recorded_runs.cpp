#include "run/recorded_runs.hpp"

#include "run/identity.hpp"

namespace seedbed::host {

RunLog recorded_runs(const Settings& settings, std::size_t count, std::chrono::milliseconds wait) {
  RunLog log;
  log.environment = settings.environment;
  log.url = settings.url.display;
  log.engine = settings.url.engine;
  const std::unique_ptr<Database> database = connect(settings.url, {wait, /*create=*/false, settings.lock_timeout});
  const int version = recognise(*database, settings).ledger_version;
  if (version == 0) return log;
  Ledger ledger(*database, version);
  log.runs = ledger.runs(count);
  log.total = ledger.count_runs();
  return log;
}

}  // namespace seedbed::host
