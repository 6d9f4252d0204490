#include "seeding/csv_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

namespace {

using Records = std::vector<std::vector<std::string>>;

class CsvFile {
 public:
  explicit CsvFile(std::string_view text) { write_file(path(), text); }

  Records records() const {
    CsvReader reader(path(), "a.csv");
    Records records;
    for (std::vector<CsvValue> record; reader.next(record);) {
      records.emplace_back();
      for (const CsvValue& value : record) records.back().push_back(value.text);
    }
    return records;
  }

  Error failure() const {
    return failure_of([&] { records(); });
  }

  std::filesystem::path path() const { return folder_ / "a.csv"; }

 private:
  TempDir folder_;
};

std::string where(const Error& error) {
  return error.place().file + ":" + std::to_string(error.place().line) + ":" + std::to_string(error.place().column);
}

}  // namespace

TEST_CASE("commas part values and line ends part records", "[seeding]") {
  CHECK(CsvFile("a,b\n1,2\n").records() == Records{{"a", "b"}, {"1", "2"}});
  CHECK(CsvFile("a,b\r\n1,2").records() == Records{{"a", "b"}, {"1", "2"}});
  CHECK(CsvFile("a,,\n,\n").records() == Records{{"a", "", ""}, {"", ""}});
  CHECK(CsvFile(" a , b\n").records() == Records{{" a ", " b"}});
  CHECK(CsvFile("").records().empty());
}

TEST_CASE("quotes keep commas and line ends and doubled quotes", "[seeding]") {
  CHECK(CsvFile("\"a,b\",\"say \"\"hi\"\"\"\n").records() == Records{{"a,b", "say \"hi\""}});
  CHECK(CsvFile("\"two\nlines\",\"and\r\ntwo\"\nx,y\n").records() == Records{{"two\nlines", "and\r\ntwo"}, {"x", "y"}});
  CHECK(CsvFile("\"\",\"\"\"\"").records() == Records{{"", "\""}});
}

TEST_CASE("a byte order mark is no part of the first value", "[seeding]") {
  CHECK(CsvFile("\xEF\xBB\xBFid,name\n").records() == Records{{"id", "name"}});
  CHECK(CsvFile("\xEF\xBB\xBF\"id\"\n").records() == Records{{"id"}});
}

TEST_CASE("a value knows whether it was quoted and where it began", "[seeding]") {
  const CsvFile file("é,\"a\nb\",\"\"\nx,y\n");
  CsvReader reader(file.path(), "a.csv");
  std::vector<CsvValue> first, second;

  reader.next(first);
  reader.next(second);

  CHECK_FALSE(first[0].quoted);
  CHECK(first[1].quoted);
  CHECK(first[2].quoted);
  CHECK(first[1].column == 3);  // é is one character
  CHECK(first[2].line == 2);
  CHECK(first[2].column == 4);
  CHECK(second[1].line == 3);
  CHECK(second[1].column == 3);
}

TEST_CASE("a broken quote is refused where it stands", "[seeding]") {
  const Error open = CsvFile("a,b\n1,\"x\n2,y\n").failure();
  CHECK(open.message() == "the quote that begins a value is never closed");
  CHECK(where(open) == "a.csv:2:3");
  CHECK(open.place().text == "1,\"x");

  const Error inside = CsvFile("a\nx\"y\n").failure();
  CHECK(inside.message() == "a quote stands inside a value that does not begin with one");
  CHECK(where(inside) == "a.csv:2:2");

  const Error after = CsvFile("a\n\"x\"y\n").failure();
  CHECK(after.message() == "text stands after the quote that ends a value");
  CHECK(where(after) == "a.csv:2:4");
}

TEST_CASE("what a text file cannot hold is refused with its place", "[seeding]") {
  CHECK(CsvFile("a\nb\rc\n").failure().message() == "a carriage return stands alone");
  CHECK(where(CsvFile("a\nb\rc\n").failure()) == "a.csv:2:2");
  CHECK(CsvFile("a\n\xE9t\xE9\n").failure().message() == "a value is not UTF-8");
  CHECK(where(CsvFile("a,b\n1,\xE9\n").failure()) == "a.csv:2:3");
  CHECK(CsvFile(std::string_view("a\nx\0y\n", 6)).failure().message() == "a value holds a zero byte");
  CHECK(CsvFile("\xEF\xBBx\n").failure().message() == "the file is not UTF-8");
}

TEST_CASE("a value that runs to the end of a large file is refused before it fills memory", "[seeding]") {
  const Error error = CsvFile("a\n\"" + std::string(17 << 20, 'x')).failure();

  CHECK(error.message() == "a value has more than 16 MiB");
  CHECK(where(error) == "a.csv:2:1");
  CHECK(error.hint() == "Perhaps the quote that begins it is never closed.");
}

TEST_CASE("a file of rows that is not there is named", "[seeding]") {
  const TempDir folder;

  const Error error = failure_of([&] { CsvReader(folder / "a.csv", "a.csv"); });

  CHECK(error.message() == "could not read \"a.csv\"");
}
