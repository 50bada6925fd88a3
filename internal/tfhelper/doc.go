// Package tfhelper holds the few functions between Terraform's words and ours:
// models in and out of requests, errors as diagnostics, columns as attributes.
// It imports cluster and the plugin framework, so that the rooms stay short.
package tfhelper
