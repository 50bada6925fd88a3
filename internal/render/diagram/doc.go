// Package diagram draws a cluster: as Mermaid, as Graphviz DOT, and as an SVG
// that needs no other program and no other file. A topology value goes in,
// text comes out; equal values give equal bytes. It imports nothing but the
// standard library, so that a picture can be drawn of anything that can be
// described.
package diagram
