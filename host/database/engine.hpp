#pragma once
// The two kinds of database that seedbed speaks to.

namespace seedbed::host {

enum class Engine { sqlite, postgres };

inline const char* engine_name(Engine engine) {
  return engine == Engine::sqlite ? "sqlite" : "postgres";
}

}  // namespace seedbed::host
