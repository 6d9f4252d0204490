#include "run/recorded_runs.hpp"

#include "run/identity.hpp"

namespace seedbed::host {

RunLog recorded_runs(const Settings& settings, std::size_t count, std::chrono::milliseconds wait) {
  RunLog log;
  log.environment = settings.environment;
  log.url = settings.url.display;
  log.engine = settings.url.engine;
  Preparation prepared;
  prepared.database = connect(settings.url, {wait, /*create=*/false, settings.lock_timeout});
  recognise(prepared, settings);
  if (prepared.ledger_version == 0) return log;
  Ledger ledger(*prepared.database, prepared.ledger_version);
  log.runs = ledger.runs(count);
  log.total = ledger.count_runs();
  return log;
}

}  // namespace seedbed::host
