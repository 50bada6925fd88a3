package planned_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
)

func TestActions_conflict(t *testing.T) {
	t.Parallel()
	var actions planned.Actions
	actions.AddActionRows("vicidial_server_drain", cluster.Plan{Steps: []cluster.Step{
		cluster.UpdateServer("dial3", cluster.Row{}, cluster.Row{"active_agent_login_server": cluster.Text("N")}),
	}})
	conflict := func() error { return &cluster.Conflict{Subject: "server dial3", Found: "was changed by somebody else"} }
	named := actions.ConflictWithAction(conflict(), cluster.TableServers, "DIAL3")
	found := (*cluster.Conflict)(nil)
	if !errors.As(named, &found) || !strings.Contains(found.Error(), "vicidial_server_drain") || !strings.Contains(found.Hint(), "in an apply before") {
		t.Errorf("the conflict says %v", named)
	}
	for _, other := range []error{
		actions.ConflictWithAction(conflict(), cluster.TableServers, "dial4"),
		actions.ConflictWithAction(conflict(), cluster.TableRemoteAgents, "dial3"),
	} {
		if strings.Contains(other.Error(), "drain") {
			t.Errorf("another row's conflict says %v", other)
		}
	}
	if err := actions.ConflictWithAction(cluster.ErrNotFound, cluster.TableServers, "dial3"); !errors.Is(err, cluster.ErrNotFound) || strings.Contains(err.Error(), "drain") {
		t.Errorf("another error became %v", err)
	}
	if actions.ConflictWithAction(nil, cluster.TableServers, "dial3") != nil {
		t.Error("no error became one")
	}
}
