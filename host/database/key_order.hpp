#pragma once
// Keys in an order in which they lie side by side in an index, so that looking them up reads each of
// its pages once.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <seedbed/abi.h>

namespace seedbed::host {

/// The numbers, from 0, of `count` values that stand `stride` apart: integers by size, text, UUIDs and
/// bytes as bytes, equal ones in the order in which they came.  Of other types, as they came.
std::vector<std::uint32_t> key_order(const seedbed_value* values, std::size_t stride, std::size_t count);

/// True for values that key_order() puts side by side because they are one.
bool same_key(const seedbed_value& a, const seedbed_value& b);

}  // namespace seedbed::host
