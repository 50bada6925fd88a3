// Package svg writes SVG documents of texts and rectangles that need no other file:
// colors in a light and a dark scheme, labels that fit their place, and widths of text.
// What is drawn is decided by the packages that use it.
package svg
