// Package numbers plans blocks of inbound numbers (DIDs) with common routing: the set of
// numbers, their wanted rows, and the steps to them. It computes from values and does no
// I/O.
package numbers
