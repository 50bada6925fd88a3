// Package webtier models VICIdial's web tier: the nodes, the classes of traffic, the
// access of clients, and the requests that may be sent twice. The HAProxy and the nginx
// renderer both render its [Tier]. A value that could inject a directive is an error of
// [Tier.Problems].
package webtier
