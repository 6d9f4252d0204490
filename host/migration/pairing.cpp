#include "migration/pairing.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "migration/version.hpp"

namespace seedbed::host {

namespace {

using Files = std::vector<std::unique_ptr<NamedFile>>;

/// What a migration's name may have behind the name that its down part shares.
constexpr std::array kUpSuffixes{"", "_up", "-up", ".do"};

/// Finds the migration that a down part belongs to.
class UpIndex {
 public:
  explicit UpIndex(Format format)
      : by_name_(format != Format::flyway), by_number_([format](const auto& a, const auto& b) {
          return (format == Format::plain ? compare_numbers(a, b)
                                          : compare_versions(format, a, b)) < 0;
        }) {}

  void add(const FileName& name, std::size_t index) {
    if (name.direction == Direction::down || name.kind != FileName::Kind::versioned) return;
    if (by_name_) by_stem_.emplace(name.stem, index);
    by_number_[name.number].push_back(index);
  }

  std::optional<std::size_t> find(const FileName& down) const {
    for (const char* suffix : kUpSuffixes) {
      const auto found = by_stem_.find(down.stem + suffix);
      if (found != by_stem_.end()) return found->second;
    }
    const auto found = by_number_.find(down.number);
    if (found == by_number_.end() || found->second.size() != 1) return std::nullopt;
    return found->second.front();
  }

 private:
  using Less = std::function<bool(const std::string&, const std::string&)>;

  bool by_name_;  // flyway's undo files may be named otherwise than what they undo
  std::map<std::string, std::size_t> by_stem_;
  std::map<std::string, std::vector<std::size_t>, Less> by_number_;
};

class Pairing {
 public:
  Pairing(Folder folder, Engine engine) : folder_(std::move(folder)) {
    ups_.reserve(folder_.files.size());
    for (FolderFile& file : folder_.files) {
      std::optional<FileName> name = file_name_of(folder_, file);
      if (!name) {
        if (left_alone_.empty()) first_left_alone_ = file;
        left_alone_.push_back(std::move(file.name));
        continue;
      }
      auto named = std::make_unique<NamedFile>(NamedFile{std::move(file), *std::move(name)});
      const bool other_engine = named->name.engine && *named->name.engine != engine;
      Files& here = named->name.direction == Direction::up ? ups_ : downs_;
      (other_engine ? elsewhere_ : here).push_back(std::move(named));
    }
    refuse_a_wrong_guess();
    if (!downs_.empty()) keep_lone_names_up();
    prefer_variants(ups_);
    prefer_variants(downs_);
    const auto before = [this](const auto& a, const auto& b) { return order(*a, *b) < 0; };
    if (!std::is_sorted(ups_.begin(), ups_.end(), before)) std::stable_sort(ups_.begin(), ups_.end(), before);
  }

  PairedFiles pair() {
    refuse_same_versions();
    const UpIndex here = index_of(ups_), elsewhere = index_of(elsewhere_);
    std::vector<MigrationFiles> result;
    result.reserve(ups_.size());
    for (auto& up : ups_) result.push_back({std::move(up), nullptr});
    for (auto& down : downs_) {
      if (const auto found = here.find(down->name))
        join(result[*found], std::move(down));
      else if (!elsewhere.find(down->name))
        throw_without_migration(down->file);
    }
    return {std::move(result), std::move(left_alone_)};
  }

 private:
  std::strong_ordering order(const NamedFile& a, const NamedFile& b) const {
    return compare_versions(folder_.format, a.name.version, b.name.version);
  }

  /// Where no file has a name of the format that the folder seems to be in, it is in another one.
  void refuse_a_wrong_guess() const {
    const bool guessed = !folder_.reason.empty() && folder_.format != Format::supabase;
    const bool none = ups_.empty() && downs_.empty() && elsewhere_.empty();
    if (guessed && none && !left_alone_.empty()) throw name_error(folder_, first_left_alone_);
  }

  /// A word at the end of a name makes it a down part where the migration is that it would undo; "down"
  /// also where none is, save in supabase, whose tools know no down parts.
  void keep_lone_names_up() {
    std::set<std::string> numbers, stems;
    for (const Files* files : {&ups_, &elsewhere_}) {
      for (const auto& each : *files) {
        if (each->name.direction == Direction::down) continue;
        numbers.insert(each->name.number);
        stems.insert(each->name.stem);
      }
    }
    const auto is_lone = [&](const FileName& down) {
      if (down.down_word.empty()) return false;
      if (down.down_word == "down") return folder_.format == Format::supabase && !numbers.contains(down.number);
      if (down.stem == down.number && numbers.contains(down.number)) return false;
      return std::ranges::none_of(kUpSuffixes, [&](const char* suffix) { return stems.contains(down.stem + suffix); });
    };
    for (auto& down : std::exchange(downs_, {})) {
      std::optional<FileName> name;
      if (is_lone(down->name)) name = parse_file_name(folder_.format, down->file.base(), DownWords::are_names);
      if (name) down->name = *std::move(name);
      (name ? ups_ : downs_).push_back(std::move(down));
    }
  }

  static void prefer_variants(Files& files) {
    std::set<std::string> with_variant;
    for (const auto& each : files) {
      if (each->name.engine) with_variant.insert(each->name.stem);
    }
    if (with_variant.empty()) return;
    std::erase_if(files, [&](const auto& each) {
      return !each->name.engine && with_variant.count(each->name.stem) > 0;
    });
  }

  void refuse_same_versions() const {
    std::map<FileName::Kind, const NamedFile*> last;  // a baseline may share its version
    for (const auto& each : ups_) {
      const NamedFile* before = std::exchange(last[each->name.kind], each.get());
      if (!before || order(*before, *each) != 0) continue;
      Error error =
          error_of_two(before->file, each->file,
                       fmt::format("two migrations have the version \"{}\"", each->name.version));
      if (!folder_.reason.empty()) error.detail(folder_.reason);
      throw error.hint("Give one of them a version of its own.");
    }
  }

  /// Only down parts look into it.
  UpIndex index_of(const Files& files) const {
    UpIndex index(folder_.format);
    if (downs_.empty()) return index;
    for (std::size_t i = 0; i < files.size(); ++i) index.add(files[i]->name, i);
    return index;
  }

  static void join(MigrationFiles& migration, std::unique_ptr<NamedFile> down) {
    if (migration.down) {
      throw error_of_two(
          migration.down->file, down->file,
          fmt::format("migration \"{}\" has two down parts", migration.up->file.name));
    }
    migration.down = std::move(down);
  }

  [[noreturn]] static void throw_without_migration(const FolderFile& file) {
    throw Error(ExitCode::usage, fmt::format("down part \"{}\" has no migration", file.name))
        .at({file.shown(), 0, 0, ""})
        .hint(
            "Name it like its migration.  If it is one itself, end its name in another word than "
            "\"down\".");
  }

  Folder folder_;  ///< its files are in those below
  Files ups_, downs_;
  Files elsewhere_;  // for the other engine: there, but not read
  std::vector<std::string> left_alone_;
  FolderFile first_left_alone_;
};

}  // namespace

PairedFiles pair_files(Folder folder, Engine engine) {
  return Pairing(std::move(folder), engine).pair();
}

Error error_of_two(const FolderFile& a, const FolderFile& b, const std::string& message) {
  return Error(ExitCode::usage, message)
      .at({b.shown(), 0, 0, ""})
      .detail(fmt::format("They are \"{}\" and \"{}\".", a.name, b.name));
}

}  // namespace seedbed::host
