#include "run/proof.hpp"

#include <algorithm>

namespace seedbed::host {

Verdict SeederProof::verdict() const {
  if (!faults.empty()) return Verdict::failed;
  if (!blocked.empty() || !doubts.empty()) return Verdict::not_proved;
  return left_out.empty() ? Verdict::proved : Verdict::left_out;
}

std::size_t Proof::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(seeders, verdict, &SeederProof::verdict));
}

}  // namespace seedbed::host
