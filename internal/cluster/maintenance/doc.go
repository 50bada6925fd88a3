// Package maintenance plans draining and undraining a server and rebuilding
// configuration files, and decides when to stop waiting for them. It computes from
// values and does no I/O. The order of the steps is that of
// docs/vicidial/operations.md#removing-a-node; a step that must not be done is a
// [*cluster.Refused].
package maintenance
