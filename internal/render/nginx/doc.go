// Package nginx writes a web tier as nginx's configuration and reads such a
// configuration back. It is a typed tree with one printer and one quoting
// function; it imports webtier for what to say, meaning to compare, and
// nginx-go-crossplane to read and to check directives against the versions of
// nginx. It knows nothing of Terraform.
//
// What nginx cannot do is left out, not imitated: it has no active checks, so a
// node that answers rubbish stays in rotation (docs/design/web-tier.md has the
// figures). Directives that came after nginx 1.18 are written only for targets
// that have them.
package nginx
