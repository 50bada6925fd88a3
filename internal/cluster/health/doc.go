// Package health judges what a cluster does now: heartbeats, clocks, load, calls,
// agents, rooms, replicas and pending rebuilds. It computes from values and reads
// nothing.
package health
