#pragma once
// Everything that a seeder written in C++ needs.
//
//   class Colors : public seedbed::Seeder {
//     void seed(seedbed::Session& db) override {
//       auto colors = db.into("color").columns("id", "name").key("id").insert_missing();
//       colors.row(1, "red");
//     }
//   };
//   SEEDBED_SEEDER(Colors, {.name = "colors", .version = "1.0.0", .writes = {"color"}})

#include <seedbed/declaration.hpp>
#include <seedbed/plugin.hpp>
#include <seedbed/random.hpp>
#include <seedbed/rows.hpp>
#include <seedbed/session.hpp>
#include <seedbed/timestamp.hpp>
#include <seedbed/uuid.hpp>
#include <seedbed/value.hpp>
#include <seedbed/version.h>
#include <seedbed/writer.hpp>
