package planned_test

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
)

const dial1 = "vicidial_server dial1"

func TestInstances_successor(t *testing.T) {
	t.Parallel()
	for claim, c := range map[string]struct {
		happened func(*planned.Instances)
		of       string
		want     bool
	}{
		"nothing is known":                                    {func(*planned.Instances) {}, "1", false},
		"its own creation is none":                            {func(i *planned.Instances) { i.InstanceCreated(dial1, planned.Instance{Token: "1"}) }, "1", false},
		"its own reading is none":                             {func(i *planned.Instances) { i.InstanceRead(dial1, "1") }, "1", false},
		"one that this run created":                           {func(i *planned.Instances) { i.InstanceCreated(dial1, planned.Instance{Token: "2"}) }, "1", true},
		"one that this run created, by a slow clock":          {func(i *planned.Instances) { i.InstanceCreated(dial1, planned.Instance{Token: "1"}) }, "2", true},
		"one that this run created, for one without a token":  {func(i *planned.Instances) { i.InstanceCreated(dial1, planned.Instance{Token: "1"}) }, "", true},
		"one that was read":                                   {func(i *planned.Instances) { i.InstanceRead(dial1, "2"); i.InstanceRead(dial1, "1") }, "1", true},
		"one that was read, for one without a token, is none": {func(i *planned.Instances) { i.InstanceRead(dial1, "1") }, "", false},
		"an older one is none":                                {func(i *planned.Instances) { i.InstanceRead(dial1, "1") }, "2", false},
		"another object's is none":                            {func(i *planned.Instances) { i.InstanceCreated("vicidial_server dial2", planned.Instance{Token: "2"}) }, "1", false},
		"one that failed is none": {func(i *planned.Instances) {
			i.InstanceCreated(dial1, planned.Instance{Token: "2"})
			i.RemoveInstance(dial1, "2")
		}, "1", false},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			var instances planned.Instances
			c.happened(&instances)
			if found := instances.HasSuccessor(dial1, c.of); found != c.want {
				t.Errorf("HasSuccessor(%q) = %t", c.of, found)
			}
		})
	}
}

func TestInstances_oneStaysAndAnotherLeaves(t *testing.T) {
	t.Parallel()
	var instances planned.Instances
	if !instances.KeepInstance(dial1, "1") || !instances.DeleteInstance("vicidial_server dial2", "2") || !instances.DeleteInstance(dial1, "1") {
		t.Error("an instance is in its own way, or in that of another object's")
	}
	if instances.KeepInstance(dial1, "2") {
		t.Error("an instance stays, and nobody says that another one leaves")
	}
	if instances.DeleteInstance(dial1, "1") {
		t.Error("an instance leaves, and nobody says that another one stays")
	}
}

func TestInstances_createdRows(t *testing.T) {
	t.Parallel()
	var instances planned.Instances
	instances.InstanceCreated("a", planned.Instance{Token: "1", Rows: []string{"phone 1", "phone 2"}})
	instances.InstanceCreated("b", planned.Instance{Token: "2", Rows: []string{"phone 3"}})
	instances.InstanceRead("c", "3")
	if rows := instances.CreatedRows("2"); len(rows) != 2 || !rows["phone 1"] || !rows["phone 2"] {
		t.Errorf("CreatedRows = %v, want those of the other instance", rows)
	}
}
