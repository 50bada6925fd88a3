// Package proxyconfig implements vicidial_haproxy_config and vicidial_nginx_config: the
// configuration of the proxy in front of the web nodes. Both have one model; package
// webtier checks it, and packages haproxy and nginx generate the text. The resources need
// no database.
package proxyconfig

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configfile"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

var _ resource.ResourceWithValidateConfig = (*Resource)(nil)

// Resource is vicidial_haproxy_config or vicidial_nginx_config.
type Resource struct{ proxy proxy }

// NewHAProxy returns vicidial_haproxy_config.
func NewHAProxy() replacement.Resource { return &Resource{proxies[webtier.HAProxy]} }

// NewNginx returns vicidial_nginx_config.
func NewNginx() replacement.Resource { return &Resource{proxies[webtier.Nginx]} }

// Metadata returns the type name. The identity has the path of the file, which may change.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + r.proxy.typeName
	resp.ResourceBehavior = resource.ResourceBehavior{MutableIdentity: true}
}

// source is a configuration, a plan or a state.
type source interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}

// get decodes a configuration, a plan or a state; false if it does not match the schema.
// The decoder has the unknown values.
func get(ctx context.Context, from source, diags *diag.Diagnostics) (model, *decoder, bool) {
	object, ok := tfhelper.Get[types.Object](ctx, from, diags)
	d := &decoder{}
	m := decode[model](d, nil, object)
	m.Computed = decode[computedModel](&decoder{}, nil, object)
	return m, d, ok
}

// target is a plan or a state.
type target interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}

// set sets computed attributes of a plan or a state.
func set(ctx context.Context, into target, computed map[string]any) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(computed)) {
		diags.Append(into.SetAttribute(ctx, path.Root(name), computed[name])...)
	}
	return diags
}

// ValidateConfig returns errors for what the proxy would refuse, and for what VICIdial does
// not work with.
func (r *Resource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if m, d, ok := get(ctx, req.Config, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(diagnose(r.proxy.expand(m, d).problems)...)
	}
}

// ModifyPlan generates the text, so that the plan shows it.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || tfhelper.IgnoresAll(ctx, req, "drift", &resp.Diagnostics) {
		return
	}
	m, d, ok := get(ctx, req.Plan, &resp.Diagnostics)
	if !ok {
		return
	}
	e := r.proxy.expand(m, d)
	if !e.known {
		return // the text stays unknown until the apply
	}
	computed, text, err := r.compute(ctx, e)
	if err != nil {
		return // ValidateConfig has reported it, at the attribute
	}
	resp.Diagnostics.Append(set(ctx, &resp.Plan, computed)...)
	var prior model
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(r.warnOverwrite(m, text)...)
	} else if prior, _, ok = get(ctx, req.State, &resp.Diagnostics); !ok {
		return
	}
	if prior.Computed.Content.ValueString() != string(text) || !prior.File.Equal(m.File) {
		resp.Diagnostics.Append(r.checkPlan(ctx, m, e.tier)...)
	}
}

// Create writes the file and reloads the proxy. If the reload fails, there is no state, and
// the next apply repeats both.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.apply(ctx, "Unable to create ", req.Plan, model{}, &resp.State, resp.Identity, &resp.Diagnostics)
}

// Read compares the directives of the file with those of the text. After an import the
// state has no text, and gets that of the file.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, _, ok := get(ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	computed := map[string]any{"drift": []string{}}
	if file, ok := m.output(); ok {
		lines, found, err := r.proxy.compare(file, m.Computed.Content.ValueString())
		if err != nil {
			resp.Diagnostics.Append(tfhelper.Diagnose("Unable to read "+r.proxy.noun, m.Name.ValueString(), err)...)
			return
		}
		if m.Computed.Content.ValueString() == "" {
			computed["content"], computed["content_sha256"] = string(found), checksum(found)
		} else {
			computed["drift"] = append([]string{}, lines...)
		}
	}
	resp.Diagnostics.Append(set(ctx, &resp.State, computed)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, m.identity())...)
}

// Update writes the file and reloads the proxy. If it fails, the state does not change, so
// that the next apply repeats both.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if prior, _, ok := get(ctx, req.State, &resp.Diagnostics); ok {
		r.apply(ctx, "Unable to update ", req.Plan, prior, &resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// apply writes the file of a plan, and sets the state to the plan.
func (r *Resource) apply(ctx context.Context, failure string, plan tfsdk.Plan, prior model, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	m, d, ok := get(ctx, plan, diags)
	if !ok {
		return
	}
	computed, err := r.write(ctx, r.proxy.expand(m, d), m, prior)
	diags.Append(tfhelper.Diagnose(failure+r.proxy.noun, m.Name.ValueString(), err)...)
	if err == nil {
		state.Raw = plan.Raw
		diags.Append(set(ctx, state, computed)...)
		diags.Append(identity.Set(ctx, m.identity())...)
	}
}

// Delete removes the file. A backup stays.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	m, _, ok := get(ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	if file, ok := m.output(); ok {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete "+r.proxy.noun, m.Name.ValueString(), file.Remove())...)
	}
}

// ImportState accepts NAME, or NAME:/absolute/path to import a file: the first plan shows
// how it differs from the configuration.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	name, file, _ := strings.Cut(req.ID, ":")
	if req.ID == "" {
		id, ok := tfhelper.Get[identity](ctx, req.Identity, &resp.Diagnostics)
		if !ok {
			return
		}
		name, file = id.Name.ValueString(), id.Path.ValueString()
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("name"), name)...)
	if file == "" {
		return
	}
	if err := absolute(file); err != nil {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to import "+r.proxy.noun, name, err)...)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("file"), importedFile(file))...)
}

// compute returns the computed attributes of a tier, and its text.
func (r *Resource) compute(ctx context.Context, e expansion) (computed map[string]any, content []byte, err error) {
	if err := e.err(); err != nil {
		return nil, nil, err
	}
	began := time.Now()
	content, err = r.proxy.render(e.tier)
	tfhelper.LogRender(ctx, "rendered", began, map[string]any{"proxy": r.proxy.dialect.String(), "bytes": len(content)})
	if err != nil {
		return nil, nil, err
	}
	meaning, err := r.proxy.sum(content)
	if err != nil {
		return nil, nil, err
	}
	return map[string]any{
		"content": string(content), "content_sha256": checksum(content), "semantic_sha256": meaning,
		"apache_snippet": e.tier.ApacheSnippet(), "keepalived_snippet": e.tier.KeepalivedSnippet(), "drift": []string{}, "websocket_urls": e.tier.SocketURLs(),
	}, content, nil
}

// write computes the attributes that the plan could not, writes the file, reloads the
// proxy, and removes a file at a prior path.
func (r *Resource) write(ctx context.Context, e expansion, m, prior model) (map[string]any, error) {
	computed, content, err := r.compute(ctx, e)
	if err != nil {
		return nil, err
	}
	file, hasFile := m.output()
	if hasFile {
		problems, err := r.check(ctx, m.file(), e.tier)
		if err := cmp.Or(err, (expansion{problems: problems}).err()); err != nil {
			return nil, err
		}
		if err := writeFile(ctx, file, content, texts(m.file().ReloadCommand), m.file().reloadLimit()); err != nil {
			return nil, err
		}
	}
	if old, found := prior.output(); found && (!hasFile || file.Path != old.Path) {
		if err := old.Remove(); err != nil {
			return nil, err
		}
	}
	return computed, nil
}

// writeFile writes the file and reloads the proxy. Until the reload has succeeded, a second
// file marks it as pending, and every plan reports that.
func writeFile(ctx context.Context, file configfile.File, content []byte, command []string, limit time.Duration) error {
	backup := ""
	if old, err := file.Read(); err == nil && file.Backup && !bytes.Equal(old, content) {
		backup = file.Path + configfile.BackupSuffix
	}
	if len(command) > 0 {
		if err := file.MarkPending(); err != nil {
			return err
		}
	}
	began := time.Now()
	if err := file.Write(content); err != nil {
		return err
	}
	tfhelper.LogRender(ctx, "written", began, map[string]any{"bytes": len(content), "backup": backup != ""})
	if err := reload(ctx, command, limit, backup); err != nil {
		return err
	}
	return file.ClearPending()
}

func checksum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
