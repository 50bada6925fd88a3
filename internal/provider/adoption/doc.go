// Package adoption writes the configuration of an existing cluster. It implements the
// command adopt and the data source vicidial_adoption. Package adopt groups rows to
// objects. The provider imports, reads and plans each object, as in Terraform; an object
// whose plan is not empty is left out with the provider's reason.
package adoption
