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
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper/replacement"
)

var _ replacement.MultiRow = (*Numbers)(nil)

// Numbers is vicidial_inbound_numbers: many DIDs that share their routing. Package
// numbers computes their wanted rows and the steps to them.
type Numbers struct{ store store }

func NewNumbers() replacement.Resource { return &Numbers{} }

// Metadata returns the type name. The identity has the name and the numbers, which may
// change.
func (r *Numbers) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_inbound_numbers"
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *Numbers) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &r.store)...)
}

// ModifyPlan compares the rows with the declaration, as an apply does: it lists the
// changes, and returns the errors of an apply.
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
	planned, ok := tfhelper.GetKnownPlan[types.Object](ctx, req, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	b := block(planned.Attributes())
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
	// The rows of the last refresh stay in private state: Terraform plans again before it
	// applies, and rows of that plan would hide changes since the refresh.
	resp.Diagnostics.Append(r.review(ctx, b, want, prior)...)
}

// planRemoval saves the rows that a removal compares with.
func (r *Numbers) planRemoval(ctx context.Context, b block, have declared, resp *resource.ModifyPlanResponse) {
	if r.store == nil {
		return
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete inbound numbers", b.name(), r.store.ClaimNumbers(numbers.Claim{
		Owner: owner(b.name()), Numbers: have.Numbers, Goes: true,
	}))...)
	table, err := r.store.Numbers(ctx, columns)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan the removal of inbound numbers", b.name(), err)...)
	if err == nil {
		resp.Diagnostics.Append(tfhelper.SaveRows(ctx, resp.Private, seenRows(table, have, nil))...)
	}
}

// claim claims the numbers for the run, and reports other objects that have claimed some
// of them.
func (r *Numbers) claim(name string, want declared, prior *declared) diag.Diagnostics {
	err := r.store.ClaimNumbers(numbers.Claim{Owner: owner(name), Numbers: want.Numbers, New: prior == nil})
	if err == nil && prior != nil {
		leaving := prior.Numbers.Without(want.Numbers).Without(want.released)
		err = r.store.ClaimNumbers(numbers.Claim{Owner: owner(name), Numbers: leaving, Goes: true})
	}
	return tfhelper.DiagnoseAt(path.Root("dids"), "Numbers managed by another resource", err)
}

func owner(name string) string { return "vicidial_inbound_numbers " + name }

// Create inserts the missing rows. If it fails, it removes them and sets no state:
// Terraform would destroy the object before it creates it again.
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

// Read sets the state from the rows, and warns of drift.
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
	saved, _ := tfhelper.LoadRows[[]numbers.Group](ctx, req.Private, &resp.Diagnostics)
	if deviations, found := r.publish(ctx, b, tfhelper.ForRead(resp)); found {
		since, _ := tfhelper.LogPosition(ctx, req.Private)
		resp.Diagnostics.Append(r.drift(ctx, b, numbers.IDs(saved), deviations, since)...)
	}
}

// Update changes the rows. If it fails, the state has the previous declaration with the
// added numbers that have rows, so that the next plan shows the remaining changes.
func (r *Numbers) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	b, before := blockOf(ctx, req.Plan, &resp.Diagnostics), blockOf(ctx, req.State, &resp.Diagnostics)
	want, diags := b.declared()
	resp.Diagnostics.Append(diags...)
	prior, diags := before.declared()
	resp.Diagnostics.Append(diags...)
	saved, _ := tfhelper.LoadRows[[]numbers.Group](ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	written, err := r.update(ctx, b, want, prior, numbers.SeenIn(saved))
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update inbound numbers", b.name(), err)...)
	if err != nil {
		b = before
		if len(written) > 0 {
			all := ranges.Of(append(written, names(prior.Numbers)...))
			b = b.with("dids", tfhelper.StringList(all.Ranges()))
			tfhelper.ForUpdate(resp).SetState(ctx, b.identity(), b.object(), saved) // replaced below, unless the database cannot be read
		}
	} else {
		tfhelper.ForUpdate(resp).SetWritten(ctx, req.Plan, b.identity(), saved)
	}
	r.publish(ctx, b, tfhelper.ForUpdate(resp).KeepPlanned(req.Plan))
}

func (r *Numbers) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.DeleteExcept(ctx, req, resp, nil)
}

// NumbersKey returns the name and the numbers of a block.
func NumbersKey(ctx context.Context, state replacement.State) string {
	b := blockOf(ctx, state, &diag.Diagnostics{})
	if b == nil || b["dids"].IsUnknown() {
		return ""
	}
	return b.name() + " " + strings.Join(b.texts("dids"), ",")
}

// Rows returns the names of the rows of a block, as the key of vicidial_inbound_did.
func (r *Numbers) Rows(ctx context.Context, state replacement.State) []string {
	set, err := parseDIDs(blockOf(ctx, state, &diag.Diagnostics{}).texts("dids"))
	if err != nil {
		return nil
	}
	rows := make([]string, 0, set.Len())
	for name := range set.Values() {
		rows = append(rows, rowName(name))
	}
	return rows
}

func rowName(number string) string { return "DID " + cluster.FoldKey(number) }

// DeleteExcept removes the rows of a block, except those in except.
func (r *Numbers) DeleteExcept(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, except map[string]bool) {
	b := blockOf(ctx, req.State, &resp.Diagnostics)
	have, diags := b.declared()
	resp.Diagnostics.Append(diags...)
	saved, _ := tfhelper.LoadRows[[]numbers.Group](ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var kept []string
	for name := range have.Numbers.Values() {
		if except[rowName(name)] {
			kept = append(kept, name)
		}
	}
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete inbound numbers", b.name(), r.remove(ctx, have, ranges.Of(kept), numbers.SeenIn(saved)))...)
}
