// Package nginx renders a web tier as a configuration of nginx, and parses and
// compares such configurations. It has a typed tree with one printer and one
// quoting function. It imports nginx-go-crossplane to parse directives and to check
// them for a version of nginx. It does not import Terraform.
//
// Features that nginx lacks are left out: it has no active checks, so a node with invalid
// responses stays in rotation (docs/design/0010-web-tier.md has the
// figures). Directives that came after nginx 1.18 are written only for targets
// that have them.
package nginx
