package nodeconfig

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/optional"
)

type recordings struct {
	Format       types.String `tfsdk:"format"`
	HTTPS        types.Bool   `tfsdk:"https"`
	RunCheck     types.Bool   `tfsdk:"run_check"`
	SortByDate   types.Bool   `tfsdk:"sort_by_date"`
	Ship         types.Bool   `tfsdk:"ship"`
	Transfer     *transfer    `tfsdk:"transfer"`
	Days         types.Int64  `tfsdk:"keep_days"`
	OriginalDays types.Int64  `tfsdk:"keep_originals_days"`
	ShippedDays  types.Int64  `tfsdk:"keep_shipped_days"`
	Archive      *archive     `tfsdk:"archive"`
}

type transfer struct {
	Folders      types.String `tfsdk:"folders"`
	LocalFolders types.Bool   `tfsdk:"local_folders"`
	RunCheck     types.Bool   `tfsdk:"run_check"`
	Validate     types.Bool   `tfsdk:"validate"`
	Persistent   types.Bool   `tfsdk:"persistent"`
	Active       types.Bool   `tfsdk:"active"`
	FileLimit    types.Int64  `tfsdk:"file_limit"`
	ListLimit    types.Int64  `tfsdk:"list_limit"`
}

type archive struct {
	Folder types.String `tfsdk:"folder"`
	Days   types.Int64  `tfsdk:"keep_days"`
}

// over returns base with the declared values.
func (r *recordings) over(base nodes.Recordings) nodes.Recordings {
	if r == nil {
		return base
	}
	text(&base.Format, r.Format)
	yes(&base.HTTPS, r.HTTPS)
	yes(&base.RunCheck, r.RunCheck)
	yes(&base.SortByDate, r.SortByDate)
	yes(&base.Ship, r.Ship)
	number(&base.KeepDays, r.Days)
	number(&base.OriginalDays, r.OriginalDays)
	number(&base.ShippedDays, r.ShippedDays)
	if t := r.Transfer; t != nil {
		text(&base.Transfer.Folders, t.Folders)
		yes(&base.Transfer.LocalFolders, t.LocalFolders)
		yes(&base.Transfer.RunCheck, t.RunCheck)
		yes(&base.Transfer.Validate, t.Validate)
		yes(&base.Transfer.Persistent, t.Persistent)
		yes(&base.Transfer.Active, t.Active)
		number(&base.Transfer.FileLimit, t.FileLimit)
		number(&base.Transfer.ListLimit, t.ListLimit)
	}
	if a := r.Archive; a != nil {
		text(&base.ArchiveFolder, a.Folder)
		number(&base.ArchiveDays, a.Days)
	}
	return base
}

func text(to *string, value types.String) {
	if !value.IsNull() {
		*to = value.ValueString()
	}
}

func yes(to *bool, value types.Bool) {
	if !value.IsNull() {
		*to = value.ValueBool()
	}
}

func number(to *int, value types.Int64) {
	if !value.IsNull() {
		*to = int(value.ValueInt64())
	}
}

func recordingsAttribute(about string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true, MarkdownDescription: about,
		Attributes: map[string]schema.Attribute{
			"format": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Format of compressed recordings: " + quoted(nodes.RecordingFormats()) + ". `WAV` does not compress them. The default is `GSM`, unless `layout` has another one.",
				Validators:          []validator.String{stringvalidator.OneOf(nodes.RecordingFormats()...)},
			},
			"https":        optional.Bool("Whether links to recordings that are still on the node begin with `https` (`--HTTPS` of each step that writes them). The default is false, unless `layout` has another one."),
			"run_check":    optional.Bool("Whether a compression ends while another one runs (`--run-check`). The default is false, unless `layout` has another one."),
			"sort_by_date": optional.Bool("Whether compressed recordings are sorted into a folder for each day (`--file-sorting`). Such recordings cannot be sent to the archive. The default is false, unless `layout` has another one."),
			"ship":         optional.Bool("Whether recordings are sent to the archive at `VARFTP_host`. Set that key in `settings`. The default is false, unless `layout` has another one."),
			"transfer": schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "How recordings are sent (`AST_CRON_audio_3_ftp.pl`). Without it, the defaults of its attributes apply.",
				Attributes: map[string]schema.Attribute{
					"folders":       optional.Text("Folders of the archive: `date` (`YYYY-MM-DD`), `none` (`--nodatedir`), `year` (`--YearYMDdatedir`) or `year_month_day` (`--YMDdatedir`). The default is `date`, unless `layout` has another one.", stringvalidator.OneOf(nodes.TransferFolders()...)),
					"local_folders": optional.Bool("Whether the node keeps what was sent in the same folders (`--localdatedir`). The default is false, unless `layout` has another one."),
					"run_check":     optional.Bool("Whether a transfer ends while another one runs (`--run-check`). The default is false, unless `layout` has another one."),
					"validate":      optional.Bool("Whether the size of a file is compared after its transfer (`--ftp-validate`). The default is false, unless `layout` has another one."),
					"persistent":    optional.Bool("Whether a transfer stays logged in between files (`--ftp-persistent`). The default is false, unless `layout` has another one."),
					"active":        optional.Bool("Whether the archive opens data connections (`--ftp-active`). The default is false, unless `layout` has another one."),
					"file_limit":    limit("The largest number of files that one run sends (`--transfer-limit`). The default is 1000, unless `layout` has another one."),
					"list_limit":    limit("The largest number of files that one run checks (`--list-limit`). The default is 1000, unless `layout` has another one."),
				},
			},
			"keep_days":           days("Days after which every file of a recording is removed from the node, whether it was sent or not. The default, 0, keeps them."),
			"keep_originals_days": days("Days after which originals of compressed recordings are removed; they are the largest files. 0 keeps them for `keep_days`. The default is 0, unless `layout` has another one."),
			"keep_shipped_days":   days("Days after which recordings that were sent to the archive are removed from the node. 0 keeps them for `keep_days`. The default is 0, unless `layout` has another one."),
			"archive": schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "What archive nodes do with recordings. Without it, they do nothing with them.",
				Attributes: map[string]schema.Attribute{
					"folder":    schema.StringAttribute{Optional: true, Validators: []validator.String{oneLine}, MarkdownDescription: "Folder on archive nodes into which recordings are sent, such as `/home/archive/RECORDINGS`. By default there is none, unless `layout` has one."},
					"keep_days": days("Days after which recordings are removed from the archive. The default, 0, keeps them."),
				},
			},
		},
	}
}

func days(about string) schema.Int64Attribute {
	return optional.Int(about, int64validator.Between(0, 3650))
}

func limit(about string) schema.Int64Attribute {
	return optional.Int(about, int64validator.Between(1, 1_000_000))
}
