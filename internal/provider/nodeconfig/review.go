package nodeconfig

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// review warns of passwords that everybody knows, and of those that VICIdial's
// own backup would hand to a shell.
func (m model) review(site nodes.Site) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root("secrets")
	for _, secret := range []struct{ key, shipped string }{{"VARDB_pass", "1234"}, {"VARDB_custom_pass", "custom1234"}} {
		if m.Secrets[secret.key] == secret.shipped {
			diags.Append(tfhelper.WarnAt(at.AtMapKey(secret.key), "Secret left as it was shipped",
				secret.key+" is the password that every VICIdial is shipped with.")...)
		}
	}
	// bin/ADMIN_backup.pl writes --password=$VARDB_pass into a shell command.
	if strings.ContainsAny(m.Secrets["VARDB_pass"], "`$&|<>()'\"\\*?!~{}[]") {
		diags.Append(tfhelper.WarnAt(at.AtMapKey("VARDB_pass"), "A shell would not take this password as it is",
			"VARDB_pass has a character that means something to a shell. VICIdial's programs log in with it, but its backup script (ADMIN_backup.pl) writes the password into a shell command as it stands and would fail, or run a part of it.")...)
	}
	for _, warning := range site.Warnings() {
		at := path.Root("nodes")
		if warning.ServerIP != "" {
			at = at.AtMapKey(warning.ServerIP)
		}
		diags.Append(tfhelper.WarnAt(at, "VICIdial runs this, but hardly as it was meant", warning.Text)...)
	}
	return diags
}

// compare holds the nodes against the servers of the database. It warns only:
// files are also made for nodes that are yet to come.
func (r *Resource) compare(ctx context.Context, m model) diag.Diagnostics {
	if r.store == nil {
		return nil
	}
	servers, err := r.store.Expected(ctx)
	switch {
	case errors.Is(err, cluster.ErrNoDatabase): // nobody asked for a comparison
		return nil
	case err != nil:
		return diag.Diagnostics{diag.NewWarningDiagnostic("The nodes were not compared with the database", err.Error())}
	}
	return m.compare(servers)
}

func (m model) compare(servers cluster.Servers) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, node := range m.site().Cluster.Nodes {
		if !node.Is(nodes.RoleTelephony) {
			continue
		}
		at := path.Root("nodes").AtMapKey(node.ServerIP)
		server, found := servers.ByIP(node.ServerIP)
		if !found {
			diags.Append(tfhelper.WarnAt(at, "Node without a server",
				fmt.Sprintf("No row of the table servers has the address %s, now or by this plan. VICIdial's programs on the node look for their row by VARserver_ip and do nothing without it.", node.ServerIP))...)
			continue
		}
		if cmp.Or(node.Engine, cluster.Meetme) != server.Engine() {
			diags.Append(tfhelper.WarnAt(at.AtName("conf_engine"), "Node and server disagree about the conference engine",
				fmt.Sprintf("Server %s has conf_engine %s. A ConfBridge node needs the keepalive letter C, a MeetMe node the cron job AST_conf_update.pl; with the wrong one rooms are never freed.", server.ID(), server.Engine()))...)
		}
	}
	return diags
}
