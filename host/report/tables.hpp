#pragma once
// The tables that text and markdown have in common.

#include "report/table.hpp"
#include "report/values.hpp"

namespace seedbed::host {

Table migration_table(const Plan& plan);
Table migration_table(const Adoption& adoption);
Table seeder_table(const Plan& plan);  ///< of those that are selected
Table seeder_table(const SeederList& list);
Table lock_table(const LockUpdate& update);
Table diagnosis_table(const Diagnosis& diagnosis);
Table setting_table(const SettingList& list);
Table statement_table(const StatementList& list);

/// As many digits of a hash as tell files apart.
std::string short_hash(const std::string& sha256);

}  // namespace seedbed::host
