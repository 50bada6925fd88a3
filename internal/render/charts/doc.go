// Package charts draws a dial forecast and a failover plan as SVG documents without
// references to other files. Equal values give equal bytes.
package charts
