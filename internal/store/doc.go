// Package store has all SQL: the detected schema, a cached read for each table, and
// ordered writes under a lock with entries in the admin change log. It imports
// cluster, whose values it reads and whose plans it writes, and does not import
// Terraform.
//
// VICIdial's topology tables have no transactions (they are MyISAM), so every
// statement is safe on its own and idempotent.
package store
