// Package numbers plans blocks of inbound numbers (DIDs) with common routing: the set of
// numbers, their wanted rows, and the steps to them. It computes from values and does no
// I/O. A row that was changed since it was read is a [*cluster.Conflict], and a foreign row
// of a wanted number a [*cluster.Refused].
package numbers
