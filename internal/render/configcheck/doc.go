// Package configcheck has the real proxy read a copy of a configuration, on any
// machine and without rights, before the configuration goes anywhere. It
// imports the renderers for their copies; nothing of it knows Terraform.
package configcheck
