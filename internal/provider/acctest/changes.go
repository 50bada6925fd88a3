package acctest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// Changes checks that a plan updates one object in exactly these attributes, written as
// "balance.rank" inside a group. Without attributes, the plan must not change the
// object.
func Changes(address string, attributes ...string) plancheck.PlanCheck {
	return changes{address, slices.Sorted(slices.Values(attributes))}
}

type changes struct {
	address    string
	attributes []string
}

func (c changes) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, change := range req.Plan.ResourceChanges {
		if change.Address != c.address {
			continue
		}
		before, after, unknown := map[string]any{}, map[string]any{}, map[string]any{}
		flatten("", change.Change.Before, before)
		flatten("", change.Change.After, after)
		flatten("", change.Change.AfterUnknown, unknown)
		maps.DeleteFunc(unknown, func(_ string, value any) bool { open, ok := value.(bool); return !ok || !open })
		names := maps.Clone(before)
		maps.Copy(names, after)
		maps.Copy(names, unknown)
		var differ []string
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if _, open := unknown[name]; open || !reflect.DeepEqual(before[name], after[name]) {
				differ = append(differ, name)
			}
		}
		if !slices.Equal(differ, c.attributes) {
			resp.Error = fmt.Errorf("%s (%v): the plan changes %s, not %s", c.address, change.Change.Actions, strings.Join(differ, ", "), strings.Join(c.attributes, ", "))
		}
		return
	}
	resp.Error = fmt.Errorf("%s is not in the plan", c.address)
}

// flatten adds the values of nested objects by their paths, without nulls.
func flatten(at string, value any, into map[string]any) {
	switch v := value.(type) {
	case nil:
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			flatten(strings.TrimPrefix(at+"."+name, "."), v[name], into)
		}
	default:
		into[at] = v
	}
}

// Meanwhile runs a function between a plan and its apply, as a change by somebody else.
func Meanwhile(run func()) plancheck.PlanCheck { return meanwhile(run) }

type meanwhile func()

func (m meanwhile) CheckPlan(context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse) {
	m()
}
