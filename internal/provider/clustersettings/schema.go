package clustersettings

import (
	"context"
	_ "embed"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/effect"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/managed"
)

//go:embed description.md
var description string

// identifier validates passwords: the admin page removes other characters
// (docs/vicidial/admin-page.md#character-filter).
var identifier = tfhelper.RegexMatches(`^[-_0-9a-zA-Z]*$`, "letters, digits, - and _ only; VICIdial's admin page strips other characters")

// An attribute that is omitted is not managed: it has the row's value.

func secretText(doc, version string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, WriteOnly: true, MarkdownDescription: doc + " Write-only: it is in no state and no plan. VICIdial ships `test`.",
		Validators: []validator.String{
			stringvalidator.LengthBetween(2, 100), identifier,
			stringvalidator.AlsoRequires(path.MatchRoot(version)),
		},
	}
}

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"active_voicemail_server": managed.Text("`active_voicemail_server`: the `server_ip` of the node that stores voicemail and runs the end-of-day process, purges, timed jobs and notifications. It must be the address of a server. When it changes, all nodes generate their files again; the admin page does not do this. The plan says on which nodes you must restart the dialer."),
			"sounds_web_server":       managed.Text("`sounds_web_server`: the web node that holds the audio store, from which all telephony nodes fetch their sounds: a host, or `https://host` for TLS, whose certificate they do not check."),
			"webphone_url":            tfhelper.SensitiveURL(managed.Text("`webphone_url`: page of the web phone in the agent screen, such as `https://phone.example.com/index.php`. A phone's template may name another. Empty for none.")),
			"default_webphone":        managed.Bool("`default_webphone`: whether phones that are added by VICIdial's forms are web phones."),
			"slave_db_server":         managed.Text("`slave_db_server`: the replica that reports read from, `host` or `host:port`. User, password and database name are those of the primary. Empty for none."),
			"reports_use_slave_db": schema.SetAttribute{
				Optional: true, Computed: true, ElementType: types.StringType,
				MarkdownDescription: "`reports_use_slave_db`: titles of the reports that read from the replica, as the system settings page lists them. VICIdial looks for a page's title anywhere in the list, so `Inbound Report by DID` sends `Inbound Report` there too; the plan names such pages.",
				PlanModifiers:       []planmodifier.Set{setplanmodifier.UseStateForUnknown()},
			},
			"outbound_calls_per_second":   managed.Int("`outbound_calls_per_second` of the system settings: calls that the balance fill places in a second, for all campaigns together, 1 to 1000. Revisions of VICIdial before 2023-08-30 (schemas below 1693) take 1 to 200, and place 40 for more. Each server's own rate is in its `vicidial_server`."),
			"generate_cross_server_exten": managed.Bool("`generate_cross_server_exten`: whether every node's dialplan reaches the phones of all others. If it is true, a change of any phone makes all nodes generate their files again. A change of this attribute does the same."),
			"default_codecs":              managed.Text("`default_codecs`: codecs of phones that name none, separated by commas. When it changes, all nodes generate their files again."),
			"allowed_sip_stacks":          managed.Text("`allowed_sip_stacks`: which protocols VICIdial's forms offer. Needs schema 1642."),
			"agent_login_weights": schema.MapAttribute{
				Optional: true, Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "Weights by which the agent login selects a server of a phone alias, by `server_ip`: they are in the settings container `" + cluster.LoginWeightsContainer + "`, whose whole text the provider writes. List every server that agents log in to; the plan says what VICIdial does with the others. Without it, the container is not managed.",
				PlanModifiers:       []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
			},
			"agent_login_other_lines": schema.ListAttribute{
				Optional: true, Computed: true, ElementType: types.StringType, Validators: []validator.List{tfhelper.ReportValidator{}},
				MarkdownDescription: "Lines of the settings container that are not weights. VICIdial ignores them. Always empty after an apply that sets `agent_login_weights`." + tfhelper.ReportNote,
				PlanModifiers:       []planmodifier.List{listplanmodifier.UseStateForUnknown()},
			},
			"found": schema.MapAttribute{
				Computed: true, Sensitive: true, ElementType: types.StringType,
				MarkdownDescription: "The values that the declared columns had before, by column. The provider restores them when you remove the attribute. They are marked as sensitive, since an address among them may have a password in it, and the state contains them.",
			},
			"default_server_password_wo":                     secretText("`default_server_password`: `conf_secret` of servers that are added in the admin pages.", "default_server_password_wo_version"),
			"default_server_password_wo_version":             tfhelper.VersionAttribute("default_server_password_wo", path.MatchRoot("default_server_password_wo")),
			"default_phone_registration_password_wo":         secretText("`default_phone_registration_password`: registration password of phones that are added in the admin pages.", "default_phone_registration_password_wo_version"),
			"default_phone_registration_password_wo_version": tfhelper.VersionAttribute("default_phone_registration_password_wo", path.MatchRoot("default_phone_registration_password_wo")),
			"default_phone_login_password_wo":                secretText("`default_phone_login_password`: login password of phones that are added in the admin pages.", "default_phone_login_password_wo_version"),
			"default_phone_login_password_wo_version":        tfhelper.VersionAttribute("default_phone_login_password_wo", path.MatchRoot("default_phone_login_password_wo")),
		},
	}
	tfhelper.DescribeEffects(resp.Schema.Attributes, effect.ClusterSettings)
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfhelper.IdentitySchema("record_id", "Always "+cluster.SettingsRecord+", as the admin change log calls the one row.")
}
