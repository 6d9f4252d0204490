#pragma once
// More entries than memory is to hold, read back in order.

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

namespace seedbed::host {

/// Sorted stretches of a temporary file that nobody else sees.  `Entry` is plain bytes.
template <class Entry>
class SortedRuns {
 public:
  using Before = bool (*)(const Entry& a, const Entry& b);

  explicit SortedRuns(Before before) : before_(before) {}

  bool empty() const { return counts_.empty(); }

  /// Sorts `entries` and writes them.  Throws std::system_error.
  void add(std::span<Entry> entries) {
    if (entries.empty()) return;
    if (file_ == nullptr) file_.reset(std::tmpfile());
    if (file_ == nullptr) throw_error("could not make a temporary file for the keys of a big load");
    std::sort(entries.begin(), entries.end(), before_);
    if (fseeko(file_.get(), 0, SEEK_END) != 0 ||
        std::fwrite(entries.data(), sizeof(Entry), entries.size(), file_.get()) != entries.size()) {
      throw_error("could not write the keys of a big load to a temporary file");
    }
    counts_.push_back(entries.size());
  }

  /// Calls `each` with every entry, in order, until it returns false.  Throws std::system_error.
  template <class Each>
  void for_each(const Each& each) const {
    std::vector<Run> runs;
    runs.reserve(counts_.size());
    std::size_t first = 0;
    for (const std::size_t count : counts_) {
      runs.emplace_back(file_.get(), first, count);
      first += count;
    }
    std::vector<Run*> heap;
    for (Run& run : runs) heap.push_back(&run);
    const auto after = [this](const Run* a, const Run* b) { return before_(b->front(), a->front()); };
    std::make_heap(heap.begin(), heap.end(), after);
    while (!heap.empty()) {
      std::pop_heap(heap.begin(), heap.end(), after);
      Run& least = *heap.back();
      if (!each(least.front())) return;
      least.pop();
      if (least.done()) heap.pop_back();
      else std::push_heap(heap.begin(), heap.end(), after);
    }
  }

 private:
  /// One stretch, read from its beginning to its end.
  class Run {
   public:
    Run(std::FILE* file, std::size_t first, std::size_t count) : file_(file), next_(first), end_(first + count) { fill(); }

    bool done() const { return at_ == buffer_.size(); }
    const Entry& front() const { return buffer_[at_]; }
    void pop() {
      if (++at_ == buffer_.size()) fill();
    }

   private:
    static constexpr std::size_t kEntries = 4096;

    void fill() {
      buffer_.resize(std::min(kEntries, end_ - next_));
      at_ = 0;
      if (buffer_.empty()) return;
      const auto offset = static_cast<off_t>(next_ * sizeof(Entry));
      if (fseeko(file_, offset, SEEK_SET) != 0 || std::fread(buffer_.data(), sizeof(Entry), buffer_.size(), file_) != buffer_.size()) {
        throw_error("could not read the keys that were written to a temporary file");
      }
      next_ += buffer_.size();
    }

    std::FILE* file_;
    std::size_t next_, end_;
    std::vector<Entry> buffer_;
    std::size_t at_ = 0;
  };

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  [[noreturn]] static void throw_error(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

  Before before_;
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<std::size_t> counts_;  ///< entries in each run
};

}  // namespace seedbed::host
