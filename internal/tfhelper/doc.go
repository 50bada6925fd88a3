// Package tfhelper converts between the plugin framework's types and ours: models
// and plans, errors and diagnostics, attributes and columns, rows and private
// state. It imports cluster and the plugin framework only.
package tfhelper
