// Package moduletest tests the example modules as users run them: with the real
// Terraform, a provider from a mirror, `terraform test` and real databases. It has
// tests only.
package moduletest
