package agentplacement

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

type model struct {
	Name                 types.String           `tfsdk:"name"`
	Seats                types.List             `tfsdk:"seats"`
	Servers              map[string]serverModel `tfsdk:"servers"`
	NodesPerSeat         types.Int64            `tfsdk:"nodes_per_seat"`
	AliasOrder           types.String           `tfsdk:"alias_order"`
	Naming               *namingModel           `tfsdk:"naming"`
	Phone                types.Object           `tfsdk:"phone"`
	SeatOverrides        types.Map              `tfsdk:"seat_overrides"`
	SeatPasswords        types.Map              `tfsdk:"seat_passwords_wo"`
	SeatPasswordsVersion types.Int64            `tfsdk:"seat_passwords_wo_version"`
	AliasUserGroup       types.String           `tfsdk:"alias_user_group"`
	AssignUsers          types.Bool             `tfsdk:"assign_users"`
	MoveLiveAgents       types.Bool             `tfsdk:"move_live_agents"`
	IgnorePasswordDrift  types.Bool             `tfsdk:"ignore_password_drift"`
	Assignments          types.Map              `tfsdk:"assignments"`
	SeatsPerServer       types.Map              `tfsdk:"seats_per_server"`
	Deviations           types.Map              `tfsdk:"deviations"`
}

type serverModel struct {
	Suffix   types.String `tfsdk:"suffix"`
	Weight   types.Int64  `tfsdk:"weight"`
	Capacity types.Int64  `tfsdk:"capacity"`
	Index    types.Int64  `tfsdk:"index"`
}

type namingModel struct {
	Login          types.String `tfsdk:"login"`
	Extension      types.String `tfsdk:"extension"`
	DialplanNumber types.String `tfsdk:"dialplan_number"`
	VoicemailID    types.String `tfsdk:"voicemail_id"`
	FullName       types.String `tfsdk:"fullname"`
	AliasID        types.String `tfsdk:"alias_id"`
	AliasName      types.String `tfsdk:"alias_name"`
}

func (n *namingModel) fields() map[string]*types.String {
	return map[string]*types.String{
		"login": &n.Login, "extension": &n.Extension, "dialplan_number": &n.DialplanNumber, "voicemail_id": &n.VoicemailID,
		"fullname": &n.FullName, "alias_id": &n.AliasID, "alias_name": &n.AliasName,
	}
}

func (n *namingModel) templates() map[string]string {
	texts := map[string]string{}
	if n != nil {
		for name, field := range n.fields() {
			if !field.IsNull() {
				texts[name] = cmp.Or(field.ValueString(), seating.Omitted(name))
			}
		}
	}
	return texts
}

// replaces returns the templates whose change replaces the placement. An omitted
// template is its default, with or without the block.
func (n *namingModel) replaces(before *namingModel) path.Paths {
	var paths path.Paths
	current, previous := n.templates(), before.templates()
	for _, name := range []string{"alias_id", "extension", "login"} {
		for _, texts := range []map[string]string{current, previous} {
			if _, value := texts[name]; !value {
				texts[name] = seating.DefaultNaming[name]
			}
		}
		switch {
		case current[name] == previous[name]:
		case n == nil || before == nil: // the path does not exist in one of the two
			return path.Paths{path.Root("naming")}
		default:
			paths = append(paths, path.Root("naming").AtName(name))
		}
	}
	return paths
}

type identity struct {
	Name     types.String `tfsdk:"name"`
	AliasIDs types.String `tfsdk:"alias_ids"`
}

func (m model) name() string { return m.Name.ValueString() }

func (m model) ranges() []string {
	ranges := make([]string, 0, len(m.Seats.Elements()))
	for _, element := range m.Seats.Elements() {
		if text, ok := element.(types.String); ok {
			ranges = append(ranges, text.ValueString())
		}
	}
	return ranges
}

// identity returns the name and the aliases, or the logins if there are no aliases.
func (m model) identity() identity {
	id := identity{Name: m.Name, AliasIDs: types.StringValue(strings.Join(m.ranges(), ","))}
	seats, err := seating.ParseSeats(m.ranges())
	naming, namingErr := seating.ParseNaming(m.Naming.templates())
	if err != nil || namingErr != nil {
		return id
	}
	template := naming.AliasID
	if !naming.HasAlias() {
		template = naming.Login
	}
	ids := seating.IDRanges(seats, func(seat string) string { return template.Name(seat, seating.Label{}) })
	id.AliasIDs = types.StringValue(strings.Join(ids, ","))
	return id
}

// withComputed sets the computed attributes.
func (m model) withComputed(placed *seating.Placement, suffixes seating.Suffixes, deviations map[string]string) model {
	m.Assignments = tfhelper.StringMap(placed.Assignments(suffixes))
	m.SeatsPerServer = tfhelper.Int64Map(placed.PerServer())
	m.Deviations = tfhelper.StringMap(deviations)
	m.SeatPasswords = types.MapNull(types.StringType)
	return m
}

// privateState is the private state: the servers with phones of the placement,
// including those that are no longer declared.
type privateState struct {
	Labels map[string]seating.Label `json:"labels"`
	// NotMoved has the seats that the last apply did not move, since an agent used them;
	// the state has their planned servers.
	NotMoved []string `json:"not_moved,omitempty"`
	// Deviations has the deviations that the plan of a removal found.
	Deviations map[string]string `json:"deviations,omitempty"`
	// Digests has the rows that it found, as digests of columns that need no declaration.
	Digests map[string]string `json:"digests,omitempty"`
}

func (m privateState) withLabels(labels map[string]seating.Label) privateState {
	both := maps.Clone(m.Labels)
	if both == nil {
		both = map[string]seating.Label{}
	}
	maps.Copy(both, labels)
	return privateState{Labels: both, NotMoved: m.NotMoved}
}

func stringsOf(m types.Map) map[string]string {
	values := make(map[string]string, len(m.Elements()))
	for key, element := range m.Elements() {
		if text, ok := element.(types.String); ok {
			values[key] = text.ValueString()
		}
	}
	return values
}

// phoneTypes returns the attribute types of phone.
var phoneTypes = sync.OnceValue(func() map[string]attr.Type {
	attributes := map[string]attr.Type{}
	for name, attribute := range phoneAttributes() {
		attributes[name] = attribute.GetType()
	}
	return attributes
})

// valueOf returns the column value of an attribute of phone.
func valueOf(column seating.PhoneColumn, attribute attr.Value) (cluster.Value, bool) {
	if column.Kind == seating.KindSwitch {
		return tfhelper.ValueOf(attribute, cluster.Switch)
	}
	return tfhelper.ValueOf(attribute, cluster.YesNo)
}

func columnByAttribute(name string) (seating.PhoneColumn, bool) {
	i := slices.IndexFunc(seating.PhoneColumns, func(column seating.PhoneColumn) bool { return attributeOf(column) == name })
	if i < 0 {
		return seating.PhoneColumn{}, false
	}
	return seating.PhoneColumns[i], true
}
