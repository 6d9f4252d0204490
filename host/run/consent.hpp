#pragma once
// Nothing is destroyed above tier development unless somebody has typed what it is.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "config/settings.hpp"
#include "run/preparation.hpp"

namespace seedbed::host {

/// What the command line says about consent.  Nothing else can: no file, no variable.
struct Consent {
  std::string phrase;   ///< of --confirm; empty: it was not given
  std::string command;  ///< what was typed, without --confirm, as a shell reads it; empty: nobody typed
};

/// What a command would destroy, as it is now.
struct Stakes {
  std::string action;  ///< with which the phrase begins: "reset", "down 20260103120000"
  std::string what;    ///< "It drops 3 tables with 1834 rows": the beginning of a sentence
  std::int64_t count = 0;
  std::string unit = "row";  ///< of `count`, for one of them

  /// "1 row", "2 rows".
  std::string counted() const;
};

/// Compares what was typed with what is at stake, once before anything is written and again under
/// the lock.
///
/// Rationale: the phrase holds the database's name, its identity and a number of what would go, so
/// that one from a script or a chat fits no other database, and not this one once it has changed.
class ConsentGate {
 public:
  /// All three must outlive the gate.  It is for the database as it was looked at.
  ConsentGate(const Preparation& preparation, const Settings& settings, const Consent& consent);

  /// Of a command; nothing: it would do nothing.
  using Question = std::function<std::optional<Stakes>()>;

  /// Throws Error{refused}, with the command line to type, above tier development unless the phrase
  /// fits.  `stakes` is asked only there, since it may count every row.
  void require(const Question& stakes) const { require(settings_.tier, stakes); }

  /// The same for consent that another tier than that of the settings asks for.
  void require(Tier tier, const Question& stakes) const;

 private:
  const Settings& settings_;
  const Consent& consent_;
  std::string database_;  ///< its name and identity
};

}  // namespace seedbed::host
