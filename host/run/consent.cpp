#include "run/consent.hpp"

#include <fmt/format.h>

#include "shell.hpp"

namespace seedbed::host {

namespace {

/// As much of an identity as tells one database from another, and can still be typed.
constexpr std::size_t kShownIdentity = 8;

std::string name_of(const Preparation& preparation) {
  const std::string id = preparation.identity ? preparation.identity->id.substr(0, kShownIdentity) : "without-identity";
  return fmt::format("{} {}", preparation.facts.name, id);
}

}  // namespace

std::string Stakes::counted() const { return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s"); }

ConsentGate::ConsentGate(const Preparation& preparation, const Settings& settings, const Consent& consent)
    : settings_(settings), consent_(consent), database_(name_of(preparation)) {}

void ConsentGate::require(Tier tier, const Question& stakes) const {
  if (tier == Tier::development) return;
  const std::optional<Stakes> found = stakes();
  if (!found) return;
  const Stakes& now = *found;
  const std::string phrase = fmt::format("{} {} {}", now.action, database_, now.counted());
  if (consent_.phrase == phrase) return;
  Error error(ExitCode::refused, consent_.phrase.empty()
                                     ? fmt::format("{} is refused in tier {} without consent", now.action, tier_name(tier))
                                     : fmt::format("{} is refused in tier {}: the phrase of --confirm is not what is at stake now",
                                                   now.action, tier_name(tier)));
  if (!consent_.phrase.empty()) error.detail(fmt::format("It says: {}", consent_.phrase));
  error.detail(fmt::format("{}, in {}. Nothing was changed.", now.what, settings_.url.display));
  if (consent_.command.empty()) throw error.hint(fmt::format("The phrase of consent is now: {}", phrase));
  throw error.hint(fmt::format("If that is meant, type:\n{} --confirm {}", consent_.command, shell_word(phrase)));
}

}  // namespace seedbed::host
