// Package adoption writes the configuration of a cluster that exists. Package adopt
// decides which rows are one object; the resources say what they hold: each object is
// imported, read and planned by the provider itself, as Terraform would, and what does
// not plan empty is left out with the provider's reason. It is the command adopt and
// the data source vicidial_adoption.
package adoption
