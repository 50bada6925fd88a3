// Package maintenance decides how a server is taken out of work and put back, how
// configuration files are rebuilt, and how a wait for either goes on. It computes
// from values and reads nothing.
package maintenance
