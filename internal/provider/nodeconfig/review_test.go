package nodeconfig

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

// warned wants one warning for each text, in that order, and no error.
func warned(t *testing.T, found diag.Diagnostics, texts ...string) {
	t.Helper()
	if len(found) != len(texts) {
		t.Fatalf("got %d diagnostics, want %d: %v", len(found), len(texts), found)
	}
	for i, text := range texts {
		if found[i].Severity() != diag.SeverityWarning || !strings.Contains(found[i].Summary()+found[i].Detail(), text) {
			t.Errorf("got %s %q: %q, want a warning that says %q", found[i].Severity(), found[i].Summary(), found[i].Detail(), text)
		}
	}
}

func TestReview(t *testing.T) {
	with := func(key, password string) model { return model{Secrets: map[string]string{key: password}} }
	t.Run("a default password is reported", func(t *testing.T) {
		warned(t, with("VARDB_pass", "1234").review(nodes.Site{}), "VARDB_pass is VICIdial's default password")
		warned(t, with("VARDB_custom_pass", "custom1234").review(nodes.Site{}), "VARDB_custom_pass is VICIdial's default password")
	})
	t.Run("a password with special characters of a shell is reported, and not shown", func(t *testing.T) {
		found := with("VARDB_pass", "hush$hush").review(nodes.Site{})
		warned(t, found, "ADMIN_backup.pl")
		if strings.Contains(found[0].Detail(), "hush") {
			t.Error("the password is shown")
		}
	})
	t.Run("a valid password is not reported", func(t *testing.T) { warned(t, with("VARDB_pass", "pW-0_.x").review(nodes.Site{})) })
}

func TestCompare(t *testing.T) {
	server := func(ip, engine string) cluster.Server {
		return cluster.Server{Row: cluster.Row{"server_id": cluster.Text("dial1"), "server_ip": cluster.Text(ip), "conf_engine": cluster.Text(engine)}}
	}
	node := func(engine types.String, roles ...string) model {
		return model{Nodes: map[string]nodeModel{"10.0.0.1": {Roles: roles, Engine: engine}}}
	}
	t.Run("a telephony node without a row is reported", func(t *testing.T) {
		warned(t, node(types.StringNull(), "telephony").compare(nil), "No row of the table servers has the address 10.0.0.1")
	})
	t.Run("a web node needs none", func(t *testing.T) { warned(t, node(types.StringNull(), "web").compare(nil)) })
	t.Run("another conference engine is reported", func(t *testing.T) {
		warned(t, node(types.StringNull(), "telephony").compare(cluster.Servers{server("10.0.0.1", "CONFBRIDGE")}), "conf_engine CONFBRIDGE")
		warned(t, node(types.StringValue("CONFBRIDGE"), "telephony").compare(cluster.Servers{server("10.0.0.1", "MEETME")}), "conf_engine MEETME")
	})
	t.Run("the same one is not", func(t *testing.T) {
		warned(t, node(types.StringNull(), "telephony").compare(cluster.Servers{server("10.0.0.1", "MEETME")}))
		warned(t, node(types.StringValue("CONFBRIDGE"), "telephony").compare(cluster.Servers{server("10.0.0.1", "CONFBRIDGE")}))
	})
}
