package agentplacement

import (
	"context"
	_ "embed"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/optional"
)

//go:embed description.md
var description string

const (
	orderSpread = "spread"
	orderKeep   = "keep"
)

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the floor in messages. No table contains it, so a new name changes nothing in the database.",
				Validators:          []validator.String{stringvalidator.LengthBetween(1, 100), tfhelper.StringValidator("one line", cluster.CheckOneLine)},
			},
			"seats": schema.ListAttribute{
				Required: true, ElementType: types.StringType,
				MarkdownDescription: "The seats, as ranges like `2000-2149` and single numbers like `2200`. Leading zeros stay; both ends of a range have the same number of digits.",
				Validators:          []validator.List{listvalidator.SizeAtLeast(1), seatRanges},
			},
			"servers": schema.MapNestedAttribute{
				Required:            true,
				MarkdownDescription: "The servers of the seats, by `server_ip`. Refer to `vicidial_server.NAME.server_ip`, so that Terraform creates a server before its phones.",
				Validators:          []validator.Map{mapvalidator.SizeAtLeast(1)},
				NestedObject:        schema.NestedAttributeObject{Attributes: serverAttributes()},
			},
			"nodes_per_seat": optional.Int("On how many servers each seat has a phone. With 1, a seat has one server. With 2 or more, agents can log in when one server is lost. Defaults to all servers.", int64validator.AtLeast(1)),
			"alias_order": schema.StringAttribute{
				Optional: true, Computed: true,
				Default:             stringdefault.StaticString(orderSpread),
				MarkdownDescription: "The order of the logins in an alias. In a tie VICIdial selects the last one. `spread` (default) makes each server the last one for its part of the seats. `keep` leaves aliases as they are, and lists new ones in the order of the suffixes.",
				Validators:          []validator.String{stringvalidator.OneOf(orderSpread, orderKeep)},
			},
			"naming": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Templates of all names; each has a default. A template is text with `{seat}`, `{suffix}`, `{index}` (the number of the server: 0 for suffix `a`, 1 for `b`), `{index?}` (the same, but nothing for 0) and `{seat+100}` (the number of the seat plus 100 times that of the server, or any other step). For a single seat, `extension`, `dialplan_number` and `voicemail_id` may be without `{seat}`. A different `login`, `extension` or `alias_id` replaces the object: the phones and aliases of the floor are deleted and new ones are created. It is refused while agents are logged in on the floor. Between the two steps, nobody can log in on its seats.",
				Attributes:          namingAttributes(),
			},
			"phone": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Columns that all phones of the floor share, by their names in VICIdial in lower case. Columns that are left out are not written; a new phone gets them, including secrets, from another phone of the seat, or the default if the seat has none. `--BLANK--` empties a text.",
				Attributes:          phoneAttributes(),
			},
			"seat_overrides": schema.MapAttribute{
				Optional: true, ElementType: types.MapType{ElemType: types.StringType},
				MarkdownDescription: "Columns that differ on some seats: seats or ranges → columns of `phone` → values as text (`--BLANK--` for none), e.g. `{ \"2000-2009\" = { outbound_cid = \"3125550100\" } }`. By default no seat differs.",
				Validators:          []validator.Map{mapvalidator.KeysAre(tfhelper.StringValidator("seats like 2000-2149 or 2200", checkSeats))},
			},
			"seat_passwords_wo": schema.MapAttribute{
				Optional: true, WriteOnly: true, ElementType: types.StringType,
				MarkdownDescription: "A password for each seat, by the number of the seat, in place of `phone.pass_wo`: `{ \"2000\" = \"…\", \"2001\" = \"…\" }`, without ranges. By default all seats have `phone.pass_wo`. Write-only: it is in neither state nor plan. All phones of a seat share it, since VICIdial asks for one password for an alias.",
				Validators:          []validator.Map{mapvalidator.AlsoRequires(path.MatchRoot("seat_passwords_wo_version"))},
			},
			"seat_passwords_wo_version": tfhelper.VersionAttribute("seat_passwords_wo", path.MatchRoot("seat_passwords_wo")),
			"alias_user_group":          optional.Text("`user_group` of the aliases; `---ALL---` is everyone. If you leave it out, it is not changed.", tfhelper.StringValidator("one line", cluster.CheckOneLine)),
			"assign_users":              flag("Whether a user whose `user` is the number of a seat gets that seat as its `phone_login`; the plan warns of users who have another one. A user whose seat is removed loses it, unless somebody has changed it meanwhile. If you set this to false again, users keep their `phone_login`. Defaults to false."),
			"move_live_agents":          flag("Whether a phone is deleted while an agent uses it. The default is false: a seat that is in use during the apply stays as it is, with a warning, and moves in a later apply. With true, the call on that phone can be lost, and the agent must log in again."),
			"ignore_password_drift":     flag("Whether a phone keeps a password that somebody has changed on it. Agents can change the password of a phone by telephone, because it is also the password of the mailbox. The phones of an alias then have different passwords, and the agent cannot log in with the alias. The default is false: the next apply restores the password."),
			"assignments": schema.MapAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "On which servers the seats are: ranges of seats → the suffixes of their servers, in the order of the alias. A plan lists the ranges that change.",
			},
			"seats_per_server": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "How many seats have a phone on each server, by `server_ip`.",
			},
			"deviations": schema.MapAttribute{
				Optional: true, Computed: true, ElementType: types.StringType, Validators: []validator.Map{tfhelper.ReportValidator{}},
				MarkdownDescription: "Seats whose rows are not as declared, and the difference. Empty after an apply. Changes that somebody makes by hand are shown here, and the next apply reverts them." + tfhelper.ReportNote,
			},
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.AgentPlacement)
}

func flag(doc string) schema.BoolAttribute {
	return schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(false), MarkdownDescription: doc}
}

func serverAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"suffix": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "The text that marks the server in phone logins, usually a letter. It cannot change while seats are on the server.",
		},
		"weight":   optional.Int("Size in relation to the other servers, 1 to 10000. Defaults to 1.", int64validator.Between(1, 10_000)),
		"capacity": optional.Int("The largest number of seats on the server. The default is `nodes_per_seat` times the number of its conference rooms, which is also the upper limit. All its rooms in the database count, also those that Terraform does not manage. For a server without rooms the plan warns, and there is no limit. Seats that are on the server already stay.", int64validator.Between(0, seating.MaxSeats)),
		"index":    optional.Int("The value of `{index}`. Defaults to the place of the suffix in the alphabet: 0 for `a`.", int64validator.Between(0, 999)),
	}
}

func namingAttributes() map[string]schema.Attribute {
	descriptions := map[string]string{
		"login":           "Phone login, at most 15 characters.",
		"extension":       "`extension`: the name under which the device registers.",
		"dialplan_number": "`dialplan_number`: digits by which the phone can be dialled.",
		"voicemail_id":    "`voicemail_id`: mailbox, at most 10 characters; `keep` does not change it, and a new phone gets that of its seat.",
		"fullname":        "`fullname`; `keep` does not change it.",
		"alias_id":        "`alias_id`: the login that agents type, letters and digits only. `none` makes no aliases; agents then type the login, and `nodes_per_seat` must be 1.",
		"alias_name":      "`alias_name`; `keep` does not change it.",
	}
	attributes := map[string]schema.Attribute{}
	for name, text := range descriptions {
		attributes[name] = schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: text + " Defaults to `" + seating.DefaultNaming[name] + "`.",
			Validators: []validator.String{tfhelper.StringValidator("text with {seat}, {suffix}, {index}, {index?} or {seat+N}", func(text string) error {
				_, err := seating.ParseNameTemplate(text)
				return err
			})},
		}
	}
	return attributes
}

func phoneAttributes() map[string]schema.Attribute {
	in := path.MatchRoot("phone")
	attributes := map[string]schema.Attribute{
		"pass_wo": schema.StringAttribute{
			Optional: true, WriteOnly: true,
			MarkdownDescription: "`pass`: password of agents' phone logins, and of the mailboxes. Write-only: it is in neither state nor plan. 2 to 100 letters, digits, `-` and `_`, because the login page removes all other characters.",
			Validators: []validator.String{
				tfhelper.StringValidator("letters, digits, - and _", seating.CheckPhonePassword), stringvalidator.LengthAtMost(100),
				stringvalidator.AlsoRequires(in.AtName("pass_wo_version")), stringvalidator.ConflictsWith(path.MatchRoot("seat_passwords_wo")),
			},
		},
		"pass_wo_version": tfhelper.VersionAttribute("pass_wo", in.AtName("pass_wo")),
		"conf_secret_wo": schema.StringAttribute{
			Optional: true, WriteOnly: true,
			MarkdownDescription: "`conf_secret`: password by which the devices register. Write-only. VICIdial's default is `test`.",
			Validators: []validator.String{
				stringvalidator.LengthBetween(1, 100), tfhelper.StringValidator("a password without blanks, quotes and ;", checkSecret),
				stringvalidator.AlsoRequires(in.AtName("conf_secret_wo_version")),
			},
		},
		"conf_secret_wo_version": tfhelper.VersionAttribute("conf_secret_wo", in.AtName("conf_secret_wo")),
	}
	for _, column := range seating.PhoneColumns {
		doc := "`" + column.Name + "`: " + strings.ToLower(column.Description[:1]) + column.Description[1:]
		if strings.HasPrefix(column.Description, "`") {
			doc = "`" + column.Name + "`: " + column.Description
		}
		if value, ok := seating.NewPhoneDefaults()[column.Name]; ok && value.Text != "" {
			text := value.Text
			if column.Kind == seating.KindYesNo || column.Kind == seating.KindSwitch {
				text = strconv.FormatBool(text == "Y" || text == "1")
			}
			doc += " The provider sets `" + text + "` for the first phone of a seat."
		}
		switch column.Kind {
		case seating.KindNumber:
			attributes[attributeOf(column)] = optional.Int(doc)
		case seating.KindYesNo, seating.KindSwitch:
			attributes[attributeOf(column)] = optional.Bool(doc)
		default:
			attributes[attributeOf(column)] = schema.StringAttribute{
				Optional: true, MarkdownDescription: doc,
				Sensitive: cluster.MayHoldPassword(column.Name),
			}
		}
	}
	return attributes
}

// attributeOf returns the attribute name of a column.
func attributeOf(column seating.PhoneColumn) string { return strings.ToLower(column.Name) }

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"name": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The name of the floor in Terraform.",
		},
		"alias_ids": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The aliases of its seats, as ranges with commas between them: 2000-2149,2200, or 2000x-2149x if ids end in x.",
		},
	}}
}
