// Passwords that everybody tries first, and some that nobody does.

#include "seeding/weak_password.hpp"
#include "support/catch.hpp"

using seedbed::host::is_well_known_password;

TEST_CASE("well-known passwords are known however they are dressed up", "[seeding]") {
  const std::string password = GENERATE("", "password", "Password1!", "PASSWORD", "test123456", "123456", "12345678", "admin", "Admin2026",
                                        "letmein", "qwerty123", "changeme", "P@ssw0rd", "1q2w3e4r", "aaaaaaaaaaaaaaaa", "secret", "postgres",
                                        "Welcome-2025", "iloveyou!!", "0000");

  CHECK(is_well_known_password(password));
}

TEST_CASE("a password that is no word with a number behind it is not well-known", "[seeding]") {
  const std::string password = GENERATE("correct horse battery staple", "x7Gh-29pQ-wl3z", "passwordless", "testament of youth",
                                        "74029384751029384", "secret-8fd1", "\xc3\xa4pfel\xc3\xa4pfel");

  CHECK_FALSE(is_well_known_password(password));
}
