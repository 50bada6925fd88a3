// Package forecast computes what a cluster does next: the lines that the dialer
// and the balance fill give each campaign on each server, who logs in where and
// what drops when a server is lost, and whether the measured load needs a cluster.
// It computes from values and reads nothing.
package forecast
