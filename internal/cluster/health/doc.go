// Package health evaluates the present state of a cluster: heartbeats, clocks, load, calls,
// agents, rooms, replicas and pending rebuilds. It computes from values and reads
// nothing, and returns no errors: what is wrong is a [Problem] with a text and advice. The
// tolerances of heartbeats and clocks are those of VICIdial's programs
// (docs/vicidial/daemons.md#heartbeat-tolerance,
// docs/vicidial/daemons.md#clock-tolerance).
package health
