// Package cluster models a VICIdial cluster: servers, trunks, seats, carriers, and the
// ordered steps from the present rows of the tables to the wanted ones. It is plain Go over
// the standard library: no context, no SQL, no Terraform, no clock, so that every decision
// can be tested by itself. Time and load come in as arguments.
//
// A value of a column is a [Value], text or NULL, in the unit that the column has. A row
// that was changed since it was read is a [*Conflict], and an operation that must not be
// done is a [*Refused] with all reasons.
//
// Where a rule is VICIdial's own, its comment names the VICIdial file, or the section of
// docs/vicidial, that has it.
package cluster
