#pragma once
// SQLite in a process that belongs to seedbed alone.

namespace seedbed::host {

/// Keeps no statistics of SQLite's memory from here on, which take a tenth of its time.  Nothing of seedbed
/// asks for them; a program that embeds seedbed may, so it is the program's own main() that calls this,
/// before the first connection.
void keep_no_memory_statistics() noexcept;

}  // namespace seedbed::host
