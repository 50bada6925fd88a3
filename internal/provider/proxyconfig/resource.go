// Package proxyconfig is the room of the web tier's two proxies: one typed
// model, written as HAProxy's configuration or as nginx's, and kept in a file
// if that is asked for. The texts are render's; this room translates them for
// Terraform. It imports tfhelper and render only, and needs nothing of the
// cluster, so that it works without a database.
package proxyconfig

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configfile"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

var (
	_ resource.ResourceWithIdentity       = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithImportState    = (*Resource)(nil)
)

// Resource is vicidial_haproxy_config or vicidial_nginx_config.
type Resource struct{ proxy proxy }

// NewHAProxy makes vicidial_haproxy_config.
func NewHAProxy() resource.Resource { return &Resource{proxies[webtier.HAProxy]} }

// NewNginx makes vicidial_nginx_config.
func NewNginx() resource.Resource { return &Resource{proxies[webtier.Nginx]} }

// Metadata names the resource. Its identity holds the file's path, which may change.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + r.proxy.typeName
	resp.ResourceBehavior = resource.ResourceBehavior{MutableIdentity: true}
}

// ValidateConfig refuses what the proxy would refuse, and what VICIdial would
// not stand. Values that are not known yet are nobody's fault.
func (r *Resource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if root, ok := tfhelper.Get[types.Object](ctx, req.Config, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(diagnose(r.proxy.read(root).problems)...)
	}
}

// ModifyPlan writes the text at plan time, so that a reviewer reads what the
// proxy will read.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	m, ok := get(ctx, req.Plan, &resp.Diagnostics)
	if !ok {
		return
	}
	d := r.proxy.read(m.Object)
	if !d.known {
		return // the text stays unknown until apply
	}
	m, err := r.planned(ctx, m, d.tier)
	if err != nil {
		return // ValidateConfig has said so, at the attribute
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, m.Object)...)
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(r.foreign(m)...)
	}
}

// Create has the proxy read the text, writes it and reloads. When the reload
// fails there is no state, and the next apply does all of it again.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, ok := get(ctx, req.Plan, &resp.Diagnostics)
	if !ok {
		return
	}
	m, err := r.put(ctx, m)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create "+r.proxy.noun, m.name(), err)...)
	if err == nil {
		r.publish(ctx, m, tfhelper.Created(resp))
	}
}

// Read compares the file with the text, by what both say.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	if m, ok := get(ctx, req.State, &resp.Diagnostics); ok {
		r.publish(ctx, m, tfhelper.Reading(resp))
	}
}

// Update writes the file anew. When that or the reload fails state stays as it
// was, so that the next apply does it again.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	m, ok := get(ctx, req.Plan, &resp.Diagnostics)
	prior, known := get(ctx, req.State, &resp.Diagnostics)
	if !ok || !known {
		return
	}
	m, err := r.put(ctx, m)
	if old, kept := prior.file(); err == nil && kept {
		if now, still := m.file(); !still || now.Path != old.Path {
			err = old.Remove()
		}
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update "+r.proxy.noun, m.name(), err)...)
	if err == nil {
		r.publish(ctx, m, tfhelper.Updated(resp))
	}
}

// Delete removes the file; its last text stays beside it unless backup is off.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	m, ok := get(ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	if file, kept := m.file(); kept {
		resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete "+r.proxy.noun, m.name(), file.Remove())...)
	}
}

// ImportState takes NAME, or NAME:/absolute/path to adopt a file: the first plan
// then shows how it differs from the configuration.
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
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("file"), adopted(file))...)
}

// publish says what the file says.
func (r *Resource) publish(ctx context.Context, m model, to tfhelper.Response) {
	m, err := r.look(ctx, m)
	if err != nil {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read "+r.proxy.noun, m.name(), err)...)
		return
	}
	to.Publish(ctx, m.identity(), m.Object, nil)
}

// look fills in how the file differs from the text. A resource that was just
// imported has no text of its own yet and takes the file's.
func (r *Resource) look(ctx context.Context, m model) (model, error) {
	file, kept := m.file()
	if !kept {
		return m.with(ctx, map[string]any{"drift": []string(nil)}), nil
	}
	lines, found, err := r.proxy.compare(file, m.text("content"))
	if err != nil {
		return m, err
	}
	if m.text("content") == "" {
		return m.with(ctx, map[string]any{"content": string(found), "content_sha256": checksum(found), "drift": []string(nil)}), nil
	}
	return m.with(ctx, map[string]any{"drift": lines}), nil
}

// planned fills in what the tier makes.
func (r *Resource) planned(ctx context.Context, m model, tier webtier.Tier) (model, error) {
	text, err := r.proxy.render(tier)
	if err != nil {
		return m, err
	}
	meaning, err := r.proxy.sum(text)
	if err != nil {
		return m, err
	}
	return m.with(ctx, map[string]any{
		"content": string(text), "content_sha256": checksum(text), "semantic_sha256": meaning,
		"apache_snippet": tier.ApacheSnippet(), "keepalived_snippet": tier.KeepalivedSnippet(), "drift": []string(nil),
	}), nil
}

// put fills in what was not known when the plan was made, and writes the file.
func (r *Resource) put(ctx context.Context, m model) (model, error) {
	d := r.proxy.read(m.Object)
	m, err := r.planned(ctx, m, d.tier)
	if err != nil {
		return m, err
	}
	file, kept := m.file()
	if !kept {
		return m, nil
	}
	if err := r.rehearse(ctx, m, d.tier); err != nil {
		return m, err
	}
	if err := file.Write([]byte(m.text("content"))); err != nil {
		return m, err
	}
	return m, reload(ctx, m.reloadCommand(), configfile.BackupEnding)
}
