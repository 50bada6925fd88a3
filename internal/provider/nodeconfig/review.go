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

// review warns of VICIdial's default passwords, and of passwords that break VICIdial's
// backup script.
func (m model) review(site nodes.Site) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root("secrets")
	for _, secret := range []struct{ key, shipped string }{{"VARDB_pass", "1234"}, {"VARDB_custom_pass", "custom1234"}} {
		if m.Secrets[secret.key] == secret.shipped {
			diags.Append(tfhelper.WarnAt(at.AtMapKey(secret.key), "Default password",
				secret.key+" is VICIdial's default password.")...)
		}
	}
	// bin/ADMIN_backup.pl writes --password=$VARDB_pass into a shell command.
	if strings.ContainsAny(m.Secrets["VARDB_pass"], "`$&|<>()'\"\\*?!~{}[]") {
		diags.Append(tfhelper.WarnAt(at.AtMapKey("VARDB_pass"), "Password with special characters of a shell",
			"VARDB_pass has a character with a special meaning in a shell. VICIdial's programs can log in with it, but its backup script (ADMIN_backup.pl) writes the password unquoted into a shell command, which fails or runs a part of it.")...)
	}
	for _, warning := range site.Warnings() {
		at := path.Root("nodes")
		if warning.ServerIP != "" {
			at = at.AtMapKey(warning.ServerIP)
		}
		diags.Append(tfhelper.WarnAt(at, "Unusual node configuration", warning.Text)...)
	}
	return diags
}

// compare compares the nodes with the servers of the database. It returns warnings only:
// files can be generated for nodes that do not exist yet.
func (r *Resource) compare(ctx context.Context, m model) diag.Diagnostics {
	if r.store == nil {
		return nil
	}
	servers, err := r.store.ExpectedServers(ctx)
	switch {
	case errors.Is(err, cluster.ErrNoDatabase): // a provider without a database is valid here
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
				fmt.Sprintf("No row of the table servers has the address %s, now or after this run. VICIdial's programs on the node find their row by VARserver_ip and do nothing without it.", node.ServerIP))...)
			continue
		}
		if cmp.Or(node.Engine, cluster.Meetme) != server.Engine() {
			diags.Append(tfhelper.WarnAt(at.AtName("conf_engine"), "Node and server have different conference engines",
				fmt.Sprintf("Server %s has conf_engine %s. A ConfBridge node needs the keepalive letter C, a MeetMe node the cron job AST_conf_update.pl; with the wrong one, rooms are never released.", server.ID(), server.Engine()))...)
		}
	}
	return diags
}
