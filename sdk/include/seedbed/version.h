#ifndef SEEDBED_VERSION_H
#define SEEDBED_VERSION_H
/* The release of seedbed.  CMake reads it from here; the ABI has a number of its own, in abi.h. */

#define SEEDBED_VERSION_MAJOR 0
#define SEEDBED_VERSION_MINOR 1
#define SEEDBED_VERSION_PATCH 0
#define SEEDBED_VERSION "0.1.0"

#endif
