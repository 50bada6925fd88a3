// Package health evaluates the present state of a cluster: heartbeats, clocks, load, calls,
// agents, rooms, replicas and pending rebuilds. It computes from values and reads
// nothing.
package health
