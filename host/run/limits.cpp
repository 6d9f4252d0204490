#include "run/limits.hpp"

#include <fmt/format.h>

#include "duration.hpp"

namespace seedbed::host {

namespace {

struct Cause {
  const char* sqlstate;
  const char* name;
  const char* other_message;  ///< of the same SQLSTATE, where no limit is the reason
};

constexpr Cause kLock{"55P03", "lock_timeout", "could not obtain lock"};
constexpr Cause kStatement{"57014", "statement_timeout", "due to user request"};

bool struck(const Error& error, const Cause& cause) {
  return error.sqlstate() == cause.sqlstate && error.message().find(cause.other_message) == std::string::npos;
}

bool struck(const Error& error, const Limit& limit, const Cause& cause, std::string_view script) {
  return limit.longest && limit.longest->count() > 0 && script.find(cause.name) == std::string_view::npos && struck(error, cause);
}

std::optional<std::chrono::milliseconds> if_set(const Limit& limit) {
  if (!limit.set) return std::nullopt;
  return limit.longest;
}

}  // namespace

TimeLimits limits_of(const Limits& limits) { return {limits.lock.longest, limits.statement.longest}; }

TimeLimits chosen_limits_of(const Limits& limits) { return {if_set(limits.lock), if_set(limits.statement)}; }

Error with_limit_named(Error error, const Limits& limits, std::string_view script) {
  const Limit* limit = nullptr;
  if (struck(error, limits.lock, kLock, script)) limit = &limits.lock;
  if (struck(error, limits.statement, kStatement, script)) limit = &limits.statement;
  if (limit == nullptr) return error;
  return error
      .detail(fmt::format("The limit is {} = \"{}\" ({}).", limit->key, limit->value,
                          limit->set ? limit->source : "the default outside tier development"))
      .hint(limit == &limits.lock ? "Run again when nobody holds the table for long, or set another limit."
                                  : "Set another limit, or \"none\", if the statement needs its time.");
}

Error with_rehearsal_limit_named(Error error) {
  if (!struck(error, kLock)) return error;
  return error.detail(fmt::format("A dry run and a proof wait at most {} for a lock, whatever the settings say.", duration_text(kLongestRehearsalWait)))
      .hint("Run again when nobody holds the table for long.");
}

}  // namespace seedbed::host
