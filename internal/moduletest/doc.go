// Package moduletest tries the example modules as their users do: with the real
// Terraform, a provider that is installed from a mirror, `terraform test`, and
// databases of their own. It holds nothing but tests.
package moduletest
