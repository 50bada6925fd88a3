package tfhelper

import (
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Written is what an update writes: the columns that the configuration names, as
// the plan has them. The two differ under ignore_changes: Terraform heeds it when
// it plans, and hands an apply the configuration as it is written.
func Written(planned, declared cluster.Row) cluster.Row {
	return planned.Only(slices.Collect(maps.Keys(declared))...)
}
