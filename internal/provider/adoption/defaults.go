package adoption

import (
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
)

// tableOf has the table whose columns have the names of a resource's attributes.
var tableOf = map[string]cluster.Table{
	adopt.Server: cluster.TableServers, adopt.Template: cluster.TableTemplates, adopt.Settings: cluster.TableSettings,
	adopt.Route: cluster.TableCarriers, adopt.Remote: cluster.TableRemoteAgents, adopt.Number: cluster.TableDIDs,
}

// columnOf has the columns of attributes with other names.
var columnOf = map[string]string{
	"balance.active": "vicidial_balance_active", "balance.rank": "vicidial_balance_rank", "balance.trunks_offlimits": "balance_trunks_offlimits",
	"conference.engine": "conf_engine", "conference.update_interval": "conf_update_interval",
	"manager.host": "telnet_host", "manager.port": "telnet_port", "manager.username": "ASTmgrUSERNAME",
	"manager.update_username": "ASTmgrUSERNAMEupdate", "manager.listen_username": "ASTmgrUSERNAMElisten", "manager.send_username": "ASTmgrUSERNAMEsend",
}

// ownDefaults has the defaults of attributes that are not columns, other than 0, false
// and empty.
var ownDefaults = map[string]string{"trunk_restriction": cluster.MaximumLimit, "elsewhere": "ignore", "alias_order": "spread"}

// defaultsOf returns a function that reports whether an attribute has its default: that
// of the column, or of the resource.
func defaultsOf(schema cluster.Schema, kind string) func(at string, value, state tftypes.Value) bool {
	return func(at string, value, state tftypes.Value) bool {
		switch {
		case kind == adopt.Server && at == "conference.rooms":
			return equals(value, cluster.Number(0)) // of a server that has none
		case kind == adopt.Server && at == "conference.first_room":
			engine := cluster.Meetme
			if text, _ := textOf(fields(fields(state)["conference"])["engine"]); text == string(cluster.Confbridge) {
				engine = cluster.Confbridge
			}
			return equals(value, cluster.Number(int64(engine.FirstRoom())))
		case kind == adopt.Route && at == "carrier_name":
			name, _ := textOf(fields(state)["name"])
			return equals(value, cluster.Text(name))
		}
		column := at
		if kind == adopt.Server { // in a group
			column = at[strings.LastIndexByte(at, '.')+1:]
		}
		if named, other := columnOf[at]; other {
			column = named
		}
		table := tableOf[kind]
		found, ok := schema.Tables[table][column]
		switch {
		case !ok:
			own := ownDefaults[at]
			return equals(value, cluster.Text(own)) || own == "" && equals(value, cluster.Number(0))
		case found.Default == nil:
			return equals(value, cluster.Null)
		}
		return equals(value, table.Normal(column, *found.Default))
	}
}

// equals reports whether an attribute has the value of a column.
func equals(value tftypes.Value, column cluster.Value) bool {
	var text string
	var number big.Float
	var yes bool
	switch {
	case value.IsNull():
		return true
	case value.Type().Is(tftypes.String) && value.As(&text) == nil:
		return text == column.Text
	case value.Type().Is(tftypes.Number) && value.As(&number) == nil:
		return !column.Null && number.Text('f', -1) == strings.TrimSpace(column.Text)
	case value.Type().Is(tftypes.Bool) && value.As(&yes) == nil:
		return yes == (column.Yes() || column.Text == "1")
	}
	var elements []tftypes.Value
	if value.As(&elements) == nil {
		return len(elements) == 0
	}
	return len(fields(value)) == 0
}
