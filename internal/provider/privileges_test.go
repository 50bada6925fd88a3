package provider_test

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// A user with the privileges of the guide for one who only looks reads, plans and
// lists every resource, and reads every data source.
func TestAccReader(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	acctest.Campaigns(t, d, "SALES")
	acctest.Run(t, d,
		"INSERT INTO servers (server_id, server_ip, active, max_vicidial_trunks) VALUES ('other', '10.0.0.9', 'Y', 90)",
		"INSERT INTO vicidial_conferences (conf_exten, server_ip) VALUES (8600051, '10.0.0.9'), (8600052, '10.0.0.9'), (8600053, '10.0.0.9')",
		"INSERT INTO vicidial_users (user, pass, full_name, user_level) VALUES ('9001', 'x', 'Night', 4), ('9002', 'x', 'Night', 4)")()
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
