#pragma once
// toml++, whose own assertions strike at text that is merely wrong: it asserts that a key follows "[",
// and reports the error only where nobody asserts it (3.3.0, found by fuzzing).

#pragma push_macro("NDEBUG")
#undef NDEBUG  // else it lets the compiler assume what it would assert
#define TOML_ASSERT(condition) static_assert(true)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
