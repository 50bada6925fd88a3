// Package maintenance plans draining and undraining a server and rebuilding
// configuration files, and decides when to stop waiting for them. It computes from
// values and does no I/O.
package maintenance
