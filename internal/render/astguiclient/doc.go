// Package astguiclient knows the file /etc/astguiclient.conf, from which every
// VICIdial program on a node learns where its database is and who the node is.
// It imports nothing but the standard library: text in, values out, and back.
package astguiclient
