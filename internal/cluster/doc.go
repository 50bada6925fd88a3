// Package cluster models a VICIdial cluster: servers, trunks, seats, carriers, and the
// ordered steps from the present rows of the tables to the wanted ones. It is plain Go over the standard library: no context,
// no SQL, no Terraform, no clock, so that every decision can be tested by
// itself. Time and load come in as arguments.
//
// Where a rule is VICIdial's own, its comment names the VICIdial file that
// holds it.
package cluster
