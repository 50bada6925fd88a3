// Package store holds all SQL: the connection, what the schema turns out to be,
// one cached read a table, and ordered writes under a lock with their rows in
// the admin change log. It imports cluster, whose values it reads and whose
// plans it writes, and knows no Terraform.
//
// None of VICIdial's topology tables has transactions (they are MyISAM), so
// every statement written here is safe alone and safe twice.
package store
