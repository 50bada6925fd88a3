package inbounddid

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

var (
	_ resource.ResourceWithConfigure   = (*Numbers)(nil)
	_ resource.ResourceWithIdentity    = (*Numbers)(nil)
	_ resource.ResourceWithModifyPlan  = (*Numbers)(nil)
	_ resource.ResourceWithImportState = (*Numbers)(nil)
	_ replacement.Divisible            = (*Numbers)(nil)
)

// Numbers is vicidial_inbound_numbers: many DIDs that share their routing. Package
// numbers decides what their rows are to hold and how they get there.
type Numbers struct{ store store }

func NewNumbers() resource.Resource { return &Numbers{} }

// Metadata returns the type name. The identity holds the name and the numbers, which
// may change.
func (r *Numbers) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_inbound_numbers"
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *Numbers) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan compares the rows with the declaration, as an apply does: it says what
// changes, and refuses what an apply would refuse.
func (r *Numbers) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var prior *declared
	if before := blockOf(ctx, req.State, &resp.Diagnostics); before != nil {
		have, diags := before.declared()
		resp.Diagnostics.Append(diags...)
		prior = &have
		if req.Plan.Raw.IsNull() && !resp.Diagnostics.HasError() {
			r.planRemoval(ctx, before, have, resp)
			return
		}
	}
	whole, ok := tfhelper.GetKnownPlan[types.Object](ctx, req, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	b := block(whole.Attributes())
	want, diags := b.declared()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || r.store == nil {
		return // without a store, the provider's configuration is not known yet
	}
	resp.Diagnostics.Append(r.claim(b.name(), want, prior)...)
	if resp.Diagnostics.HasError() || tfhelper.IgnoresAll(ctx, req, "deviations", &resp.Diagnostics) {
		return
	}
	b = b.with("deviations", deviationMap(nil))
	resp.Diagnostics.Append(tfhelper.SetPlan(ctx, &resp.Plan, b.object())...)
	// The rows of the last refresh stay in private state: Terraform plans once more
	// before it applies, and what changed in between would be taken for what was seen.
	_, diags = r.review(ctx, b, want, prior)
	resp.Diagnostics.Append(diags...)
}

// planRemoval saves the rows that a removal goes by.
func (r *Numbers) planRemoval(ctx context.Context, b block, have declared, resp *resource.ModifyPlanResponse) {
	if r.store == nil {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete inbound numbers", b.name(), r.store.ClaimNumbers(numbers.Claim{
		Owner: owner(b.name()), Numbers: have.Numbers, Goes: true,
	}))...)
	table, err := r.store.Numbers(ctx, readColumns(have))
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan the removal of inbound numbers", b.name(), err)...)
	if err == nil {
		resp.Diagnostics.Append(tfhelper.SaveRows(ctx, resp.Private, seenRows(table, have, nil))...)
	}
}

// claim says what the run does with the numbers, and reports other objects that have
// some of them.
func (r *Numbers) claim(name string, want declared, prior *declared) diag.Diagnostics {
	err := r.store.ClaimNumbers(numbers.Claim{Owner: owner(name), Numbers: want.Numbers, New: prior == nil})
	if err == nil && prior != nil {
		leaving := prior.Numbers.Without(want.Numbers).Without(want.released)
		err = r.store.ClaimNumbers(numbers.Claim{Owner: owner(name), Numbers: leaving, Goes: true})
	}
	return tfhelper.DiagnoseAt(path.Root("dids"), "Numbers that another resource has", err)
}

func owner(name string) string { return "vicidial_inbound_numbers " + name }

// Create inserts the rows that are not there. When it fails, it removes them again
// and leaves no state: Terraform would destroy the object before it creates it again.
func (r *Numbers) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	b := blockOf(ctx, req.Plan, &resp.Diagnostics)
	want, diags := b.declared()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create inbound numbers", b.name(), r.create(ctx, b, want))...)
	if !resp.Diagnostics.HasError() {
		r.publish(ctx, b, tfhelper.ForCreate(resp).KeepPlanned(req.Plan))
	}
}

// Read sets the state from the rows, and warns of who changed them.
func (r *Numbers) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	b := blockOf(ctx, req.State, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.store == nil {
		tfhelper.ForRead(resp).KeepState(ctx, b.identity())
		return
	}
	if b.imported() {
		found, diags := r.adopt(ctx, b)
		resp.Diagnostics.Append(diags...)
		if !diags.HasError() {
			r.publish(ctx, found, tfhelper.ForRead(resp))
		}
		return
	}
	seen, _ := tfhelper.LoadRows[[]numbers.Group](ctx, req.Private, &resp.Diagnostics)
	if deviations, found := r.publish(ctx, b, tfhelper.ForRead(resp)); found {
		since, _ := tfhelper.LogPosition(ctx, req.Private)
		resp.Diagnostics.Append(r.drift(ctx, b, numbers.IDs(seen), deviations, since)...)
	}
}

// Update changes the rows. When it fails, the state keeps the previous declaration,
// with the numbers that have rows since, and the rows as they are: the next plan
// shows all that is left.
func (r *Numbers) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	b, before := blockOf(ctx, req.Plan, &resp.Diagnostics), blockOf(ctx, req.State, &resp.Diagnostics)
	want, diags := b.declared()
	resp.Diagnostics.Append(diags...)
	prior, diags := before.declared()
	resp.Diagnostics.Append(diags...)
	seen, _ := tfhelper.LoadRows[[]numbers.Group](ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	written, err := r.update(ctx, b, want, prior, numbers.SeenIn(seen))
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update inbound numbers", b.name(), err)...)
	if err != nil {
		b = before
		if len(written) > 0 {
			all := numbers.Of(append(written, names(prior.Numbers)...))
			b = b.with("dids", tfhelper.StringList(all.Ranges()))
			tfhelper.ForUpdate(resp).SetState(ctx, b.identity(), b.object(), seen) // replaced below, unless the database cannot be read
		}
	} else {
		tfhelper.ForUpdate(resp).SetWritten(ctx, req.Plan, b.identity(), seen)
	}
	r.publish(ctx, b, tfhelper.ForUpdate(resp).KeepPlanned(req.Plan))
}

func (r *Numbers) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.DeleteExcept(ctx, req, resp, nil)
}

// NumbersKey returns the name and the numbers of a block.
func NumbersKey(ctx context.Context, of replacement.State) string {
	b := blockOf(ctx, of, &diag.Diagnostics{})
	if b == nil || b["dids"].IsUnknown() {
		return ""
	}
	return b.name() + " " + strings.Join(b.texts("dids"), ",")
}

// Rows names the rows of a block, as the key of vicidial_inbound_did does.
func (r *Numbers) Rows(ctx context.Context, of replacement.State) []string {
	set, err := parseDIDs(blockOf(ctx, of, &diag.Diagnostics{}).texts("dids"))
	if err != nil {
		return nil
	}
	rows := make([]string, 0, set.Len())
	for name := range set.All() {
		rows = append(rows, rowName(name))
	}
	return rows
}

func rowName(number string) string { return "DID " + cluster.FoldKey(number) }

// DeleteExcept removes the rows of a block, except those that are named.
func (r *Numbers) DeleteExcept(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, except map[string]bool) {
	b := blockOf(ctx, req.State, &resp.Diagnostics)
	have, diags := b.declared()
	resp.Diagnostics.Append(diags...)
	seen, _ := tfhelper.LoadRows[[]numbers.Group](ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var kept []string
	for name := range have.Numbers.All() {
		if except[rowName(name)] {
			kept = append(kept, name)
		}
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete inbound numbers", b.name(), r.remove(ctx, have, numbers.Of(kept), numbers.SeenIn(seen)))...)
}
