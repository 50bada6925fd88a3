package provider_test

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

// A user with the privileges of the guide for one who only looks reads, plans and
// lists every resource, and reads every data source.
func TestAccReader(t *testing.T) {
	t.Parallel()
	d := databaseOfLifetimes(t)
	looking := *d
	var err error
	if looking.Username, looking.Password, err = d.Reader(t.Context()); err != nil {
		t.Fatal(err)
	}
	writer, reader := acctest.NewSession(t, d), acctest.NewSession(t, &looking, acctest.Values{"read_only": true})
	all, _, _ := schemas(t)
	refuse := func(t *testing.T, what string, answer acctest.Answer) {
		t.Helper()
		if errors := answer.Errors(); errors != "" {
			t.Errorf("%s: %s", what, errors)
		}
	}
	for _, l := range lifetimes(t) {
		object := writer.Object(t, l.resource)
		object.Change(t, l.first)
		seen := object.In(reader)
		refuse(t, "refresh of "+l.resource, seen.Refresh(t))
		if planned := seen.Plan(t, l.second); !planned.Changes {
			t.Errorf("the plan of %s changes nothing", l.resource)
		} else {
			refuse(t, "plan of "+l.resource, planned.Answer)
		}
		if _, listed := all.ListResourceSchemas[l.resource]; listed {
			acctest.List(t, &looking, l.resource)
		}
	}
	for name, schema := range all.DataSourceSchemas {
		config := acctest.Values{}
		for _, attribute := range schema.Block.Attributes {
			if attribute.Name == "live" {
				config["live"] = true
			}
		}
		refuse(t, "data source "+name, reader.Read(t, name, config))
	}
}
