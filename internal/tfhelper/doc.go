// Package tfhelper converts between the types of the plugin framework and of
// package cluster: models and plans, errors and diagnostics, attributes and
// columns, rows and private state. It imports cluster and the plugin framework
// only.
package tfhelper

// ProviderType is the prefix of all type names.
const ProviderType = "vicidial"
