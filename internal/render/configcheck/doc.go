// Package configcheck checks a copy of a configuration with the real proxy, on any
// machine and without privileges. It imports the renderers for their copies, and does
// not import Terraform.
package configcheck
