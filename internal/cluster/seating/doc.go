// Package seating decides which nodes the seats of a floor log in to: it expands
// seat ranges, assigns each seat to nodes by weight and capacity with the fewest
// moves, names the phones and aliases of a seat, compares a floor with its rows,
// and plans the steps between them. It computes from values and reads nothing.
//
// A floor is what one vicidial_agent_placement declares. A seat is a number; it
// has one phone on each of its nodes and one alias that lists those phones. Weights and
// capacities count seats.
package seating
