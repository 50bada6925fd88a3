// Package webstack starts real web nodes on this machine's loopback: Apache with
// mod_php, as VICIdial runs on, and pages that behave like VICIdial's own. It
// also runs the proxies in front of them. Every node has a database of its own
// that can be taken away. It imports nothing of the project and is not shipped.
package webstack
