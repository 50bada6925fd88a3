// Package haproxy writes a web tier as HAProxy's configuration and reads such
// a configuration back. It is a typed tree with one printer and one quoting
// function; it imports webtier for what to say and meaning to compare, and
// knows nothing of Terraform.
//
// The text was measured, not guessed: docs/design/web-tier.md says which line
// saves which requests. Directives that came after HAProxy 2.4 are written only
// for targets that have them.
package haproxy
