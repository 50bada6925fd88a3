// Package diagram draws a cluster as Mermaid, as Graphviz DOT and as an SVG
// without references to other files. It turns a [Picture] into text; equal values
// give equal bytes.
package diagram
