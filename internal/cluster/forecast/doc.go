// Package forecast computes what a cluster does next: the lines that the dialer
// and the balance fill give each campaign on each server, who logs in where and
// what drops when a server is lost, and whether the measured load needs a cluster.
// It computes from values and reads nothing. Lines are trunks in use at one time. The rules
// are those of the dialer (docs/vicidial/dialer.md#local-dialer), of the balance fill
// (docs/vicidial/dialer.md#balance-fill) and of the login page
// (docs/vicidial/agent-login.md#algorithm).
package forecast
