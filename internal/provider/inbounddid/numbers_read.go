package inbounddid

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/numbers"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/ranges"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// publish sets the state from the rows, or removes a block without rows from it.
func (r *Numbers) publish(ctx context.Context, b block, to tfhelper.Response) ([]numbers.Deviation, bool) {
	want, diags := b.declared()
	to.Diagnostics.Append(diags...)
	if r.store == nil || diags.HasError() {
		if r.store == nil {
			to.Diagnostics.Append(tfhelper.Diagnose("Unable to read inbound numbers", b.name(), tfhelper.ErrUnconfigured)...)
		}
		return nil, false
	}
	table, err := r.store.Numbers(ctx, columns)
	if err != nil {
		to.Diagnostics.Append(tfhelper.Diagnose("Unable to read inbound numbers", b.name(), err)...)
		return nil, false
	}
	if thoseIn(table, want.Numbers).Len() == 0 {
		to.RemoveResource(ctx, b.identity())
		return nil, false
	}
	deviations := table.Deviations(want.wanted)
	to.SetState(ctx, b.identity(), b.with("deviations", deviationMap(deviations)).object(), seenRows(table, want, nil))
	return deviations, true
}

const (
	// mostAttributed limits the lines of a warning with an author, since each of them
	// reads the admin change log.
	mostAttributed = 5
	mostLines      = 20
)

// drift warns of numbers whose rows have changed since the state was written, and names
// the author if the admin change log has one. ids has the did_ids of the numbers at that
// time.
func (r *Numbers) drift(ctx context.Context, before block, ids map[string]string, now []numbers.Deviation, since int64) diag.Diagnostics {
	known := map[string]string{}
	for key, text := range before.textMap("deviations") {
		if set, err := ranges.Parse([]string{key}); err == nil {
			for name := range set.Values() {
				known[cluster.FoldKey(name)] = text
			}
		}
	}
	var lines []string
	for _, deviation := range now {
		var fresh, records []string
		for name := range deviation.Numbers.Values() {
			if known[cluster.FoldKey(name)] != deviation.Text {
				fresh, records = append(fresh, name), append(records, ids[cluster.FoldKey(name)])
			}
		}
		if len(fresh) == 0 {
			continue
		}
		line := ranges.Of(fresh).Brief() + ": " + deviation.Text
		if len(lines) < mostAttributed {
			line += r.author(ctx, records, since)
		}
		lines = append(lines, line)
	}
	return tfhelper.WarnChanged("inbound numbers "+before.name(), cluster.FirstOf(lines, mostLines))
}

// author describes the newest change of the first rows in the admin change log.
func (r *Numbers) author(ctx context.Context, ids []string, since int64) string {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	return tfhelper.Author(ctx, r.store, cluster.ChangeLogFilter{After: since, Sections: []string{"DIDS"}, Records: ids[:min(len(ids), mostAttributed)]})
}

// ImportState accepts a name with numbers or conditions; see [numbers.ParseSelection].
func (r *Numbers) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var id blockIdentity
	text := req.ID
	if text == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.Get(ctx, &id)...)
		text = id.Name.ValueString() + "=" + id.DIDs.ValueString()
	}
	name, set, err := r.find(ctx, text)
	resp.Diagnostics.Append(tfhelper.Diagnose("Unable to import inbound numbers", text, err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	b := newBlock(name, set.Ranges())
	for _, attribute := range []string{"name", "dids"} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), b[attribute])...) // Read derives the declaration
	}
	if resp.Identity != nil {
		id = b.identity()
		if req.ID == "" && req.Identity != nil { // an import must not change it
			resp.Diagnostics.Append(req.Identity.Get(ctx, &id)...)
		}
		resp.Diagnostics.Append(resp.Identity.Set(ctx, id)...)
	}
}

func (r *Numbers) find(ctx context.Context, id string) (name string, set ranges.Set, err error) {
	selection, err := numbers.ParseSelection(id)
	if err != nil {
		return "", set, err
	}
	if r.store == nil {
		return "", set, tfhelper.ErrUnconfigured
	}
	table, err := r.store.Numbers(ctx, selection.Columns())
	if err != nil {
		return "", set, err
	}
	set, err = selection.Numbers(table)
	if err == nil {
		_, err = parseDIDs(set.Ranges())
	}
	return selection.Name, set, err
}

// adopt derives the declaration of numbers that are imported or moved.
func (r *Numbers) adopt(ctx context.Context, b block) (block, diag.Diagnostics) {
	failed := func(err error) (block, diag.Diagnostics) {
		return b, tfhelper.Diagnose("Unable to import inbound numbers", b.name(), err)
	}
	set, err := parseDIDs(b.texts("dids"))
	if err != nil {
		return failed(err)
	}
	table, defaults, err := adoptable(ctx, r.store)
	if err != nil {
		return failed(err)
	}
	found, individual, secret := table.Adopt(set, defaults, asterisk.HasPassword)
	var diags diag.Diagnostics
	if len(individual) > 0 {
		diags.AddWarning("Columns that are not managed: "+strings.Join(individual, ", "),
			fmt.Sprintf("Almost each of the numbers of %s has a value of its own in them. Declare values that Terraform is to manage in overrides.", b.name()))
	}
	if len(secret) > 0 {
		diags.AddWarning("Columns that are not managed: "+strings.Join(secret, ", "),
			fmt.Sprintf("Some of the numbers of %s have a password in them, which is not read into the state. If Terraform is to manage the column, declare its attribute, not overrides.", b.name()))
	}
	return adopted(b.name(), found), diags
}

// adoptable reads the table with every column that a declaration can contain, and the
// defaults of the database.
func adoptable(ctx context.Context, store store) (numbers.Table, cluster.Row, error) {
	schema, err := store.Schema(ctx)
	if err != nil {
		return numbers.Table{}, nil, err
	}
	columns := slices.DeleteFunc(slices.Clone(cluster.DIDColumns), func(column string) bool { return single[column] == nil })
	table, err := store.Numbers(ctx, columns)
	return table, schema.Defaults(cluster.TableDIDs, columns), err
}
