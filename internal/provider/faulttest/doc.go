// Package faulttest holds no code but tests of the whole provider under the real
// Terraform: connections that are cut, processes that are killed, two who write
// at once, secrets that must show nowhere, and configuration that Terraform
// generates for what is there. Each ends with the question that counts: does the
// next apply end where it should, and is the plan after it empty?
package faulttest
