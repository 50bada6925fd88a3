// Package numbers is what many inbound numbers (DIDs) have in common that share
// their routing: which numbers they are, what their rows are to hold, and the steps
// that lead there. It is pure: rows come in as values, and plans go out.
package numbers
