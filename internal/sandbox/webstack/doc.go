// Package webstack starts real web nodes on the loopback interface: Apache with
// mod_php and pages that behave like VICIdial's. It also runs the proxies in front
// of them. Every node has its own database, which can be disconnected. The provider
// does not import it.
package webstack
