package singlerow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// Declared returns the model of the plan, and its row: the columns that the
// configuration sets or that have a default in the schema. Other columns are not
// managed.
func (t Table[M]) Declared(ctx context.Context, plan tfsdk.Plan, config tfsdk.Config, diags *diag.Diagnostics) (M, cluster.Row, bool) {
	m, ok := tfhelper.Get[M](ctx, plan, diags)
	declared, known := tfhelper.Get[M](ctx, config, diags)
	if !ok || !known {
		return m, nil, false
	}
	row := declared.Expand()
	for name, attribute := range config.Schema.GetAttributes() {
		if hasDefault(attribute) {
			row[name] = cluster.Null // PlannedColumns takes the planned value
		}
	}
	return m, tfhelper.PlannedColumns(m.Expand(), row), true
}

func hasDefault(attribute any) bool {
	switch a := attribute.(type) {
	case schema.BoolAttribute:
		return a.Default != nil
	case schema.Int64Attribute:
		return a.Default != nil
	case schema.StringAttribute:
		return a.Default != nil
	}
	return false
}

// PlanRemoval saves the row that a removal compares with, and returns the model of
// the object that is removed.
func (t Table[M]) PlanRemoval(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) M {
	m, ok := tfhelper.Get[M](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return m
	}
	row, found, err := t.find(ctx, m)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to plan the removal of "+t.Noun, m.Key(), err)...)
	if found {
		resp.Diagnostics.Append(tfhelper.SaveRows(ctx, resp.Private, row)...)
	}
	return m
}

// Create inserts the row. If it fails, it removes what it wrote and sets no state:
// otherwise Terraform would destroy the object before it creates it again. If it cannot
// read the row back, it sets no state either, and the next apply takes the row over.
func (t Table[M]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, want, ok := t.Declared(ctx, req.Plan, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	err := t.create(ctx, m, want)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to create "+t.Noun, m.Key(), err)...)
	if err == nil {
		t.publish(ctx, m, tfhelper.ForCreate(resp).KeepPlanned(req.Plan))
	}
}

// Read sets the state to the row, and warns of drift.
func (t Table[M]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, ok := tfhelper.Get[M](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	if t.Store == nil {
		tfhelper.ForRead(resp).KeepState(ctx, t.identity(m))
		return
	}
	if prior, known := tfhelper.LoadRows[cluster.Row](ctx, req.Private, &resp.Diagnostics); known {
		since, _ := tfhelper.LogPosition(ctx, req.Private)
		resp.Diagnostics.Append(t.drift(ctx, m, prior, since)...)
	} else {
		resp.Diagnostics.Append(t.warnOfImport(ctx, m)...)
	}
	t.publish(ctx, m, tfhelper.ForRead(resp))
}

// Update writes the columns that differ. If it fails, the state is set to the current
// row.
func (t Table[M]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	m, want, ok := t.Declared(ctx, req.Plan, req.Config, &resp.Diagnostics)
	if !ok {
		return
	}
	prior, _ := tfhelper.LoadRows[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	err := t.write(ctx, m, prior, want)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to update "+t.Noun, m.Key(), err)...)
	if err == nil {
		tfhelper.ForUpdate(resp).SetWritten(ctx, req.Plan, t.identity(m), prior)
	}
	t.publish(ctx, m, tfhelper.ForUpdate(resp).KeepPlanned(req.Plan))
}

func (t Table[M]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	m, ok := tfhelper.Get[M](ctx, req.State, &resp.Diagnostics)
	if !ok {
		return
	}
	prior, _ := tfhelper.LoadRows[cluster.Row](ctx, req.Private, &resp.Diagnostics)
	err := t.write(ctx, m, prior, nil)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to delete "+t.Noun, m.Key(), err)...)
}

// Import sets the key to the spelling of the row, by which Read finds it.
func (t Table[M]) Import(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	tfhelper.Import(ctx, req, resp, t.Key, func(key string) (string, error) {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(t.Key), types.StringValue(key))...)
		m, ok := tfhelper.Get[M](ctx, resp.State, &resp.Diagnostics)
		if !ok {
			return key, nil // Get has reported the error
		}
		row, found, err := t.find(ctx, m)
		if err != nil || !found {
			return key, err
		}
		return row[t.Key].Text, nil
	})
}
