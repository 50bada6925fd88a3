// Package cluster says what a VICIdial cluster is and does its sums: servers,
// trunks, seats, carriers, and the ordered steps that lead from one state of
// the tables to another. It is plain Go over the standard library: no context,
// no SQL, no Terraform, no clock, so that every decision can be tested by
// itself. Time and load come in as arguments.
//
// Where a rule is VICIdial's own, its comment names the VICIdial file that
// holds it.
package cluster
