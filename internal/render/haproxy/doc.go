// Package haproxy renders a web tier as a configuration of HAProxy, and parses and
// compares such configurations. It has a typed tree with one printer and one
// quoting function. It does not import Terraform.
//
// docs/design/0010-web-tier.md has the measured effect of the directives.
// Directives that HAProxy 2.4 does not have are written only for targets that have
// them.
package haproxy
