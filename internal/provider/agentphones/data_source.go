// Package agentphones implements the data source vicidial_agent_phones: the phones that
// agents log in to, and the faults of their aliases.
package agentphones

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/argument"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/computed"
)

// store is the part of the store that the data source needs.
type store interface {
	AgentPhones(context.Context) ([]cluster.AgentPhone, []cluster.Alias, error)
}

func New() datasource.DataSource {
	return tfhelper.NewDataSource("agent_phones", "Unable to read phones", newSchema, read)
}

//go:embed description.md
var description string

// newSchema returns the filters and the results. A cluster has thousands of phones, and
// maps of that many objects are slow to plan, so the results are maps of strings.
func newSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"server_ip":         argument.Text("Only phones on this server."),
			"active":            argument.Bool("`true`: only active phones; `false`: only inactive ones. Without it: both."),
			"protocol":          argument.Text("Only phones of this protocol: `SIP`, `PJSIP`, `IAX2`, `Zap` or `EXTERNAL`."),
			"in_alias":          argument.Bool("Only phones that an alias lists, or with `false` only those that none lists."),
			"login_matches":     argument.Text("Only phones whose `login` matches this regular expression (RE2), without regard to case.", tfhelper.IsRegexp()),
			"servers":           computed.TextMap("The `server_ip` of each phone found, by `login`. Of two phones with the same login, it has the first by address."),
			"extensions":        computed.TextMap("Protocol and extension of each phone found, such as `SIP/2000`, by `login`."),
			"aliases":           computed.TextMap("The logins of each alias that lists a phone found, in its order and joined by commas, by `alias_id`."),
			"phones_per_server": computed.IntMap("Number of phones found on each server, by `server_ip`."),
			"unregistered":      computed.Texts("Logins of active phones found that Asterisk reports as unregistered or unreachable. Empty if the schema or the nodes have no such report."),
			"broken_aliases": computed.Texts("Inconsistent aliases that list a phone found, sorted: they list a login that does not exist, an inactive phone, " +
				"or phones with different passwords. The login balancer may choose such a phone, and then refuses the agent."),
			"duplicate_logins": computed.Texts("Logins that more than one phone found has, sorted."),
		},
	}
}

func read(ctx context.Context, s store, m *model) (diag.Diagnostics, error) {
	phones, aliases, err := s.AgentPhones(ctx)
	*m = m.withResult(phones, aliases)
	return nil, err
}
