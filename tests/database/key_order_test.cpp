// Keys in the order in which they are looked up.

#include <string>
#include <vector>

#include "database/key_order.hpp"
#include "database/value.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;

namespace {

using Order = std::vector<std::uint32_t>;

Order order_of(const std::vector<seedbed_value>& values) { return key_order(values.data(), 1, values.size()); }

}  // namespace

TEST_CASE("keys are ordered by size or by their bytes and equal ones stay in turn", "[database]") {
  CHECK(order_of({integer_value(3), integer_value(-1), integer_value(3), integer_value(INT64_MIN), integer_value(0)}) == Order{3, 1, 4, 0, 2});
  CHECK(order_of({text_value("customer-10"), text_value("customer-1"), text_value(""), text_value("customer-1"), text_value("\xff")}) ==
        Order{2, 1, 3, 0, 4});
}

TEST_CASE("keys of several types have one order", "[database]") {
  const std::vector<seedbed_value> values{text_value("b"), integer_value(7), null_value(), text_value("a"), integer_value(5), text_value("b")};

  const Order order = order_of(values);

  std::vector<seedbed_value> sorted;
  for (const std::uint32_t row : order) sorted.push_back(values[row]);
  CHECK(order_of(sorted) == Order{0, 1, 2, 3, 4, 5});
}

TEST_CASE("keys are the same only with the same type and value", "[database]") {
  const std::string a = "a", other = "a";

  CHECK(same_key(text_value(a), text_value(other)));
  CHECK(same_key(integer_value(1), integer_value(1)));
  CHECK_FALSE(same_key(integer_value(1), integer_value(2)));
  CHECK_FALSE(same_key(text_value("1"), integer_value(1)));
  CHECK_FALSE(same_key(text_value("a"), text_value("ab")));
}
