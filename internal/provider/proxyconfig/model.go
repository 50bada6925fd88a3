package proxyconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/configfile"
)

// model is what both resources declare and compute. Attributes that only one
// proxy's schema has are null in the other resource.
type model struct {
	Name                  types.String `tfsdk:"name"`
	Hostname              types.String `tfsdk:"hostname"`
	Nodes                 types.Map    `tfsdk:"nodes"` // of nodeModel
	TargetVersion         types.String `tfsdk:"target_version"`
	Distribution          types.String `tfsdk:"distribution"`
	AdminWebDirectory     types.String `tfsdk:"admin_web_directory"`
	AdminSources          types.Set    `tfsdk:"admin_sources"`
	APISources            types.Set    `tfsdk:"api_sources"`
	ClusterAddresses      types.Set    `tfsdk:"cluster_addresses"`
	TrustedSources        types.Set    `tfsdk:"trusted_sources"`
	TrustedProxies        types.Set    `tfsdk:"trusted_proxies"`
	ProxyAddresses        types.Set    `tfsdk:"proxy_addresses"`
	ExtraPaths            types.Set    `tfsdk:"extra_paths"`
	SharedUploadDirectory types.Bool   `tfsdk:"shared_upload_directory"`
	MaxBodySizeMB         types.Int64  `tfsdk:"max_body_size_mb"`
	LoginRatePerMinute    types.Int64  `tfsdk:"login_rate_per_minute"`
	AdminErrorsPerMinute  types.Int64  `tfsdk:"admin_errors_per_minute"` // HAProxy
	Retry                 types.String `tfsdk:"retry"`
	GetRetry              types.String `tfsdk:"get_retry"` // nginx
	Balance               types.String `tfsdk:"balance"`   // HAProxy
	DNSServers            types.Set    `tfsdk:"dns_servers"`
	Routes                types.Map    `tfsdk:"routes"`      // of routeModel
	WebSockets            types.Map    `tfsdk:"websockets"`  // of strings
	TLS                   types.Object `tfsdk:"tls"`         // tlsModel
	NodeTLS               types.Object `tfsdk:"node_tls"`    // nodeTLSModel
	Listen                types.Object `tfsdk:"listen"`      // listenModel
	Health                types.Object `tfsdk:"health"`      // healthModel
	AudioStore            types.Object `tfsdk:"audio_store"` // audioStoreModel
	Timeouts              types.Object `tfsdk:"timeouts"`    // timeoutsModel
	Stats                 types.Object `tfsdk:"stats"`       // statsModel
	Process               types.Object `tfsdk:"process"`     // processModel
	VRRP                  types.Object `tfsdk:"vrrp"`        // vrrpModel
	File                  types.Object `tfsdk:"file"`        // fileModel

	Computed computedModel // what a plan does not know yet, and need not
}

// computedModel is what later steps need of the computed attributes.
type computedModel struct {
	Content types.String `tfsdk:"content"`
}

type nodeModel struct {
	Address        types.String `tfsdk:"address"`
	Port           types.Int64  `tfsdk:"port"`
	Weight         types.Int64  `tfsdk:"weight"`
	MaxConnections types.Int64  `tfsdk:"max_connections"`
	State          types.String `tfsdk:"state"`
}

type tlsModel struct {
	CertificateFile types.String `tfsdk:"certificate_file"`
	KeyFile         types.String `tfsdk:"key_file"` // nginx
	MinVersion      types.String `tfsdk:"min_version"`
	HTTP2           types.Bool   `tfsdk:"http2"`
	HSTSMaxAge      types.Int64  `tfsdk:"hsts_max_age"`
	RedirectHTTP    types.Bool   `tfsdk:"redirect_http"`
	ACMEResponder   types.String `tfsdk:"acme_responder"`
}

type listenModel struct {
	Address       types.String `tfsdk:"address"`
	HTTPPort      types.Int64  `tfsdk:"http_port"`
	HTTPSPort     types.Int64  `tfsdk:"https_port"`
	ProxyProtocol types.Bool   `tfsdk:"proxy_protocol"`
}

type nodeTLSModel struct {
	Verify types.Bool   `tfsdk:"verify"`
	CAFile types.String `tfsdk:"ca_file"`
	SNI    types.String `tfsdk:"sni"`
}

type routeModel struct {
	Nodes  types.List   `tfsdk:"nodes"`
	Access types.String `tfsdk:"access"`
}

// Who may have what a route leads to.
const (
	accessManagers = "managers"
	accessEveryone = "everyone"
)

// healthModel is HAProxy's but for the last two, which are nginx'.
type healthModel struct {
	Path               types.String `tfsdk:"path"`
	BodyRegex          types.String `tfsdk:"body_regex"`
	Interval           types.String `tfsdk:"interval"`
	FastInterval       types.String `tfsdk:"fast_interval"`
	Timeout            types.String `tfsdk:"timeout"`
	Rise               types.Int64  `tfsdk:"rise"`
	Fall               types.Int64  `tfsdk:"fall"`
	AllowSlowDetection types.Bool   `tfsdk:"allow_slow_detection"`
	MaxFails           types.Int64  `tfsdk:"max_fails"`
	FailTimeout        types.String `tfsdk:"fail_timeout"`
}

type audioStoreModel struct {
	Node      types.String `tfsdk:"node"`
	Host      types.String `tfsdk:"host"`
	Directory types.String `tfsdk:"directory"`
}

type timeoutsModel struct {
	Connect types.String `tfsdk:"connect"`
	Poll    types.String `tfsdk:"poll"`
	Agent   types.String `tfsdk:"agent"`
	Admin   types.String `tfsdk:"admin"`
	Queue   types.String `tfsdk:"queue"` // HAProxy
}

type statsModel struct {
	Enabled    types.Bool   `tfsdk:"enabled"`
	Bind       types.String `tfsdk:"bind"`
	Sources    types.Set    `tfsdk:"sources"`
	Prometheus types.Bool   `tfsdk:"prometheus"` // HAProxy
}

type processModel struct {
	User          types.String `tfsdk:"user"`
	Group         types.String `tfsdk:"group"`
	Log           types.String `tfsdk:"log"`
	Chroot        types.String `tfsdk:"chroot"`         // HAProxy
	ControlSocket types.String `tfsdk:"control_socket"` // HAProxy
	ErrorLog      types.String `tfsdk:"error_log"`      // nginx
	PIDFile       types.String `tfsdk:"pid_file"`       // nginx
	MimeTypes     types.String `tfsdk:"mime_types"`     // nginx
	TempDirectory types.String `tfsdk:"temp_directory"` // nginx
}

type vrrpModel struct {
	Address   types.String `tfsdk:"address"`
	Interface types.String `tfsdk:"interface"`
	RouterID  types.Int64  `tfsdk:"router_id"`
	Peers     types.Set    `tfsdk:"peers"`
}

type fileModel struct {
	Path          types.String `tfsdk:"path"`
	Mode          types.String `tfsdk:"mode"`
	Owner         types.String `tfsdk:"owner"`
	Backup        types.Bool   `tfsdk:"backup"`
	Validate      types.Bool   `tfsdk:"validate"`
	Binary        types.String `tfsdk:"binary"`
	ReloadCommand types.List   `tfsdk:"reload_command"`
	ReloadTimeout types.String `tfsdk:"reload_timeout"`
}

const defaultMode = "0640"

// importedFile returns the file of an import, with the defaults of the schema.
func importedFile(path string) fileModel {
	return fileModel{
		Path: types.StringValue(path), Mode: types.StringValue(defaultMode), Owner: types.StringValue(""),
		Backup: types.BoolValue(true), Validate: types.BoolValue(true), Binary: types.StringValue(""),
		ReloadCommand: types.ListNull(types.StringType), ReloadTimeout: types.StringValue(shortest(reloadTimeout)),
	}
}

// reloadLimit returns reload_timeout, which validation has parsed.
func (f fileModel) reloadLimit() time.Duration {
	length, err := time.ParseDuration(f.ReloadTimeout.ValueString())
	if err != nil {
		return reloadTimeout // a state without it
	}
	return length
}

type identity struct {
	Name types.String `tfsdk:"name"`
	Path types.String `tfsdk:"path"`
}

func (m model) identity() identity { return identity{m.Name, m.file().Path} }

func (m model) file() fileModel { return decode[fileModel](&decoder{}, nil, m.File) }

// output returns the file for the text; false if there is none.
func (m model) output() (configfile.File, bool) {
	f := m.file()
	if f.Path.IsNull() {
		return configfile.File{}, false
	}
	mode, err := configfile.ParseMode(text(f.Mode, defaultMode))
	if err != nil {
		mode = 0o640 // the schema has refused it
	}
	return configfile.File{Path: f.Path.ValueString(), Mode: mode, Owner: f.Owner.ValueString(), Backup: flag(f.Backup, true)}, true
}

// compare returns the differences between a file and the text, and the file's content.
func (p proxy) compare(file configfile.File, want string) (lines []string, found []byte, err error) {
	found, err = file.Read()
	if errors.Is(err, fs.ErrNotExist) {
		return []string{"file: it does not exist"}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if lines, err = p.drift([]byte(want), found); err != nil {
		lines = []string{"file: it cannot be parsed as " + p.noun + ": " + err.Error()}
	}
	deviations, err := file.Deviations()
	lines = append(lines, deviations...)
	if file.IsPending() {
		lines = append(lines, "proxy: it has not read the file, because the last reload failed")
	}
	return lines, found, err
}

func absolute(path string) error {
	if err := cluster.CheckPath(path); err != nil {
		return err
	}
	if !filepath.IsAbs(path) || filepath.Clean(path) != path {
		return fmt.Errorf("%q is not an absolute path in its shortest form", path)
	}
	return nil
}
