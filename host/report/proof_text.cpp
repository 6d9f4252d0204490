#include "report/proof_report.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "duration.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"

namespace seedbed::host {

namespace {

Ink ink_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved: return Ink::green;
    case Verdict::failed: return Ink::red;
    default: return Ink::yellow;
  }
}

void add_count(std::string& text, std::int64_t count, const char* what) {
  if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
}

std::string counts_text(const TableCounts& counts, std::int64_t unchanged = 0) {
  std::string text;
  add_count(text, counts.inserted, "inserted");
  add_count(text, counts.updated, "updated");
  add_count(text, counts.deleted, "deleted");
  add_count(text, unchanged, "unchanged");
  return text.empty() ? "no change" : text;
}

bool has_run(const SeederProof& proof) { return proof.blocked.empty() && proof.left_out.empty(); }

bool is_scratch(Pass pass) { return pass == Pass::two_at_once || pass == Pass::second_alone; }

/// What a column of the table says about the passes that `chosen` takes: what they wrote, or "failed".
template <class Chosen>
Cell passes_cell(const SeederProof& proof, bool ran, const Chosen& chosen) {
  if (!ran) return Cell{"not tried"};
  for (const Fault& fault : proof.faults) {
    if (!chosen(fault.pass)) continue;
    if (fault.error) return Cell{"failed", Ink::red};
    TableCounts total;
    for (const StrayWrite& write : fault.writes) {
      total.inserted += write.counts.inserted;
      total.updated += write.counts.updated;
      total.deleted += write.counts.deleted;
    }
    return Cell{counts_text(total), Ink::red};
  }
  return Cell{"no change"};
}

std::string kept_text(std::size_t first, const char* what, std::size_t second, const char* other) {
  std::string text;
  add_count(text, static_cast<std::int64_t>(first), what);
  add_count(text, static_cast<std::int64_t>(second), other);
  return text;
}

/// Below a fault: where it was, and what else is known.
std::string indented(const std::string& lines) {
  std::string text;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size() - 1);
    text += "  " + lines.substr(begin, end - begin + 1);
    begin = end + 1;
  }
  return text;
}

std::string fault_lines(const Fault& fault) {
  const std::string pass = pass_text(fault.pass);
  if (fault.error) return fmt::format("  {} failed: {}\n{}", pass, fault.error->message(), indented(explanation(*fault.error, /*color=*/false)));
  if (!fault.text.empty()) return fmt::format("  {}: {}\n", pass, fault.text);
  std::string text;
  for (const StrayWrite& write : fault.writes) {
    text += fmt::format("  {} wrote to {}: {}", pass, write.counts.table, counts_text(write.counts));
    if (!write.keys.empty()) text += fmt::format(" ({})", fmt::join(write.keys, "; "));
    text += '\n';
    if (!write.cause.empty()) text += fmt::format("    {}\n", write.cause);
  }
  return text;
}

std::string doubt_line(const Doubt& doubt) {
  const std::string where = doubt.place.file.empty() ? fmt::format("\"{}\"", doubt.statement)
                                                     : fmt::format("{}:{}:{}", doubt.place.file, doubt.place.line, doubt.place.column);
  return fmt::format("  {} may write {}, which {}\n", where, doubt.value,
                     doubt.for_a_day ? "may change from day to day" : "a second pass in the same transaction cannot show to be the same");
}

std::string findings(const Proof& proof) {
  std::string text;
  for (const SeederProof& seeder : proof.seeders) {
    const Verdict verdict = seeder.verdict();
    if (!seeder.left_out.empty()) text += fmt::format("{} was left out: it {}\n", seeder.name, seeder.left_out);
    if (verdict == Verdict::failed) text += fmt::format("{} failed:\n", seeder.name);
    if (verdict == Verdict::not_proved) text += fmt::format("{} is not proved{}\n", seeder.name, seeder.blocked.empty() ? ":" : ": " + seeder.blocked);
    for (const Fault& fault : seeder.faults) text += fault_lines(fault);
    for (const Doubt& doubt : seeder.doubts) text += doubt_line(doubt);
    if (proof.not_scratched.empty() && !seeder.not_scratched.empty()) {
      text += fmt::format("{} was not tried on the scratch database: {}\n", seeder.name, seeder.not_scratched);
    }
  }
  return text;
}

std::vector<std::string> remarks(const Proof& proof) {
  std::vector<std::string> all = proof.notices;
  for (const SeederProof& seeder : proof.seeders) {
    if (!seeder.once || !has_run(seeder)) continue;
    all.push_back(fmt::format("{} is a one-time load: that it ran is recorded, and later runs leave it out. Only its first pass was tried.", seeder.name));
  }
  if (!proof.not_scratched.empty()) all.push_back(fmt::format("Not tried on a scratch database: {}.", proof.not_scratched));
  else if (proof.engine == Engine::sqlite) all.push_back("On SQLite writers take turns: on the scratch database the second run followed the first.");
  return all;
}

Table seeder_table(const Proof& proof) {
  Table table({{.title = "seeder"}, {.title = "verdict"}, {.title = "first pass"}, {.title = "second pass"}, {.title = "scratch"},
               {.title = "took", .right = true}});
  for (const SeederProof& seeder : proof.seeders) {
    const Verdict verdict = seeder.verdict();
    const bool ran = has_run(seeder);
    const bool first_failed = !seeder.faults.empty() && seeder.faults.front().pass == Pass::first;
    const Cell first = !ran ? Cell{"not run"} : first_failed ? Cell{"failed", Ink::red} : Cell{counts_text(seeder.first, seeder.unchanged)};
    table.row({Cell{seeder.name}, Cell{verdict_text(verdict), ink_of(verdict)}, first,
               ran && seeder.once ? Cell{"runs once"} : passes_cell(seeder, ran && !first_failed, [](Pass pass) { return pass == Pass::second; }),
               proof.not_scratched.empty() ? passes_cell(seeder, seeder.scratched, is_scratch) : Cell{},
               Cell{ran ? duration_text(seeder.took) : "", Ink::dim}});
  }
  return table;
}

Table edit_table(const Proof& proof) {
  Table table({{.title = "edited"}, {.title = "mode"}, {.title = "edits"}, {.title = "deleted rows"}, {.title = ""}});
  for (const SeederProof& seeder : proof.seeders) {
    for (const EditedTable& edited : seeder.edited) {
      table.row({Cell{edited.table}, Cell{edited.mode}, Cell{kept_text(edited.edits_kept, "kept", edited.edits_undone, "undone")},
                 Cell{kept_text(edited.deleted_returned, "returned", edited.deleted_stayed, "stayed deleted")},
                 Cell{edited.judged ? "" : "written in several modes"}});
    }
  }
  return table;
}

Summary summary_of(const Proof& proof) {
  const std::string rest = fmt::format(" in {}; nothing was changed", duration_text(proof.took));
  if (proof.seeders.empty()) return {"no seeder to prove", rest, Ink::yellow};
  if (proof.proved()) return {fmt::format("proved {}", counted(proof.count(Verdict::proved), "seeder")), rest, Ink::green};
  std::string verdict;
  add_count(verdict, static_cast<std::int64_t>(proof.count(Verdict::failed)), "failed");
  add_count(verdict, static_cast<std::int64_t>(proof.count(Verdict::not_proved)), "not proved");
  add_count(verdict, static_cast<std::int64_t>(proof.count(Verdict::proved)), "proved");
  return {verdict, rest, proof.count(Verdict::failed) > 0 ? Ink::red : Ink::yellow};
}

}  // namespace

const char* pass_name(Pass pass) {
  switch (pass) {
    case Pass::first:
      return "first";
    case Pass::second:
      return "second";
    case Pass::after_edits:
      return "after_edits";
    case Pass::two_at_once:
      return "two_at_once";
    case Pass::second_alone:
      return "second_alone";
  }
  return "";
}

const char* pass_text(Pass pass) {
  switch (pass) {
    case Pass::first:
      return "the first pass";
    case Pass::second:
      return "the second pass";
    case Pass::after_edits:
      return "the pass after edits";
    case Pass::two_at_once:
      return "the second of two at once";
    case Pass::second_alone:
      return "the second pass, in a transaction of its own,";
  }
  return "";
}

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved:
      return "proved";
    case Verdict::not_proved:
      return "not_proved";
    case Verdict::failed:
      return "failed";
    case Verdict::left_out:
      return "left_out";
  }
  return "";
}

const char* verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::not_proved:
      return "not proved";
    case Verdict::left_out:
      return "left out";
    default:
      return verdict_name(verdict);
  }
}

std::string to_text(const Proof& proof, bool color) {
  std::string text = fmt::format("{}  {}\n\n", painted(proof.environment, Ink::bold, color), printable(proof.url));
  text += seeder_table(proof).text(color);
  if (const Table edits = edit_table(proof); !edits.empty()) text += '\n' + edits.text(color);
  if (const std::string found = findings(proof); !found.empty()) text += '\n' + printable(found);
  text += '\n';
  for (const std::string& remark : remarks(proof)) text += fmt::format("{} {}\n", painted("note:", Ink::yellow, color), printable(remark));
  const Summary summary = summary_of(proof);
  return text + painted(summary.verdict, summary.ink, color) + summary.rest + '\n';
}

std::string to_markdown(const Proof& proof) {
  std::string text = fmt::format("### seedbed prove: {}, `{}`\n\n", proof.environment, proof.url);
  for (const Table& table : {seeder_table(proof), edit_table(proof)}) {
    if (!table.empty()) text += table.markdown() + '\n';
  }
  if (const std::string found = findings(proof); !found.empty()) text += fenced(printable(found)) + '\n';
  for (const std::string& remark : remarks(proof)) text += fmt::format("> {}\n\n", remark);
  const Summary summary = summary_of(proof);
  return text + fmt::format("**{}**{}\n", summary.verdict, summary.rest);
}

}  // namespace seedbed::host
