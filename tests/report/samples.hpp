#pragma once
// Values that the tests of this folder print, made without a database.

#include "report/values.hpp"
#include "run/proof.hpp"

namespace seedbed::test {

/// A first `up`: seven migrations and four seeders, one of which found a row of its own.
host::Outcome first_run();

/// The `up` after it: everything is there.
host::Outcome second_run();

/// A first run that failed in its third migration.
host::Outcome failed_migration();

/// A run whose seeders were rolled back because one of them failed.
host::Outcome failed_seeder();

/// A dry run that had to stop before its second migration.
host::Outcome dry_run();

/// A stamp: one migration was recorded before, two are now.
host::Outcome stamped();

/// An adoption with a migration of every state.
host::Adoption adoption();

/// A migration of every state, a seeder of each.
host::Plan mixed_plan();

/// A proof with a seeder of every verdict, and every kind of fault and doubt.
host::Proof mixed_proof();

/// Two seeders, one that is left out, one broken file, one name in the order that nobody has.
host::SeederList seeder_list();

/// An error with everything an error can have.
host::Error full_error();

}  // namespace seedbed::test
