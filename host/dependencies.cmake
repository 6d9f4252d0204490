# The libraries that the host stands on.  Nothing is downloaded: what is missing is named.

# Finds a package: seedbed_find(<package> <Debian's name> [find_package's words…])
macro(seedbed_find package debian)
  find_package(${package} QUIET ${ARGN})
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "seedbed needs ${package} and did not find it.\n"
                        "Debian, Ubuntu: apt-get install ${debian}; \"./dev build\" and \"./dev test\" do so.")
  endif()
endmacro()

# The same for what only pkg-config knows: seedbed_find_module(<prefix> <module> <Debian's name>)
macro(seedbed_find_module prefix module debian)
  pkg_check_modules(${prefix} QUIET IMPORTED_TARGET "${module}")
  if(NOT ${prefix}_FOUND)
    message(FATAL_ERROR "seedbed needs ${module} and did not find it.\n"
                        "Debian, Ubuntu: apt-get install ${debian}; \"./dev build\" and \"./dev test\" do so.")
  endif()
endmacro()

seedbed_find(PkgConfig pkg-config)
# The C++ libraries become part of the program: loading them would take longer than most runs do.
set(Boost_USE_STATIC_LIBS ON)
seedbed_find(Boost libboost-log-dev 1.74 CONFIG COMPONENTS log)
seedbed_find(CLI11 libcli11-dev CONFIG)
seedbed_find(tomlplusplus libtomlplusplus-dev CONFIG)
seedbed_find(nlohmann_json nlohmann-json3-dev CONFIG)
seedbed_find(fmt libfmt-dev CONFIG)
seedbed_find(SQLite3 libsqlite3-dev)
find_library(SQLITE_ARCHIVE libsqlite3.a)  # likewise, where there is one
mark_as_advanced(SQLITE_ARCHIVE)
seedbed_find(OpenSSL libssl-dev COMPONENTS Crypto)
# Of the archive only the hashes are taken; FindOpenSSL would ask for all that the rest of it needs.
find_library(CRYPTO_ARCHIVE libcrypto.a)
mark_as_advanced(CRYPTO_ARCHIVE)
if(NOT CRYPTO_ARCHIVE)
  set(CRYPTO_ARCHIVE OpenSSL::Crypto)
endif()
seedbed_find_module(PQXX "libpqxx >= 6.4" libpqxx-dev)
seedbed_find_module(PQ libpq libpq-dev)
# libpq itself is loaded when it is needed: see database/postgres/libpq.cpp.
find_library(PQXX_ARCHIVE libpqxx.a HINTS ${PQXX_LIBRARY_DIRS})
mark_as_advanced(PQXX_ARCHIVE)
if(NOT PQXX_ARCHIVE)
  message(FATAL_ERROR "seedbed needs libpqxx.a and did not find it.\n"
                      "Debian, Ubuntu: apt-get install libpqxx-dev; \"./dev build\" and \"./dev test\" do so.")
endif()
seedbed_find_module(CRYPT libxcrypt libcrypt-dev)
