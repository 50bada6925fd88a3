// Package webtier says what VICIdial's web tier is: the nodes, the traffic
// that the applications make, who may reach what, and which requests may be
// sent twice. It is one typed value that the HAProxy and the nginx renderer
// both turn into text, so that neither has an opinion of its own. It imports
// the standard library only; no value leaves [Tier.Problems] that could smuggle
// a directive into either text.
package webtier
