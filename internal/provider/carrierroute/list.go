package carrierroute

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

func NewList() list.ListResource {
	return tfhelper.NewList(New(), "carrier routes",
		"Lists the carriers as routes, as the command `adopt` finds them: rows that were copied from server to server are one route, and each other row is a route, whatever its `carrier_id`. A warning lists `Zap` and `EXTERNAL` carriers, for which VICIdial generates no configuration. Passwords in the texts are shown as placeholders.",
		tfhelper.Filters{
			tfhelper.FilterMatch:  "routes of which the name, a `carrier_id` or a `carrier_name` is like this pattern, with `*` and `?`.",
			tfhelper.FilterActive: "routes with a row that is active, or with one that is not.",
			tfhelper.FilterServer: "routes with a row on this server: a `server_id` or `server_ip`, or `0.0.0.0`.",
			"protocol":            "routes of this protocol.",
			"user_group":          "routes of this user group.",
		},
		func(ctx context.Context, store store) (tfhelper.Listing, error) {
			carriers, err := store.Carriers(ctx)
			if err != nil {
				return tfhelper.Listing{}, err
			}
			servers, err := store.ExpectedServers(ctx)
			routes, omitted := adopt.Routes(carriers, servers)
			var found tfhelper.Listing
			if len(omitted) > 0 {
				found.Warnings = diag.Diagnostics{diag.NewWarningDiagnostic("Carriers that are not listed", omittedText(omitted))}
			}
			found.Items = tfhelper.ListItems(routes, func(route adopt.Object) tfhelper.ListItem {
				rows := carriers.OfRoute(route.Title, idsOf(route)...)
				m := model{Name: types.StringValue(route.Title)}.withRows(rows, servers)
				values := map[string][]string{tfhelper.FilterMatch: {route.Title}}
				for _, row := range rows {
					for filter, has := range map[string][]string{
						tfhelper.FilterMatch: {row.ID(), row["carrier_name"].Text}, tfhelper.FilterActive: tfhelper.FilterYesNo(row["active"]),
						tfhelper.FilterServer: tfhelper.OnServers(servers, row.ServerIP()), "protocol": {row.Protocol()}, "user_group": {row["user_group"].Text},
					} {
						values[filter] = append(values[filter], has...)
					}
				}
				return tfhelper.ListItem{Name: displayName(route.Title, rows), ID: m.identity(), Model: m, Values: values}
			})
			return found, err
		})
}

// idsOf returns the carrier_ids of a route's rows.
func idsOf(route adopt.Object) []string {
	ids := make([]string, 0, len(route.Rows))
	for _, row := range route.Rows {
		ids = append(ids, row.Key)
	}
	return ids
}

// displayName returns the name of a route, the carrier_name, and the number of rows.
func displayName(name string, rows cluster.Carriers) string {
	if title := rows[0]["carrier_name"].Text; title != "" && title != name {
		name += " (" + title + ")"
	}
	if len(rows) > 1 {
		name += fmt.Sprintf(", %d rows", len(rows))
	}
	return name
}

// omittedText lists carriers that are in no route of the list, with the reasons.
func omittedText(omitted []adopt.Omitted) string {
	lines := make([]string, 0, len(omitted))
	for _, out := range omitted {
		lines = append(lines, out.Rows[0].Key+": "+out.Reason)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// listed returns the import form of the listed route with an identity; nil if there is
// none, or if the name is enough.
func (r *Resource) listed(ctx context.Context, req resource.ImportStateRequest) []string {
	var name types.String
	if req.Identity.GetAttribute(ctx, path.Root("name"), &name).HasError() || r.store == nil {
		return nil
	}
	carriers, err := r.store.Carriers(ctx)
	if err != nil {
		return nil // the import reports it
	}
	servers, err := r.store.ExpectedServers(ctx)
	if err != nil {
		return nil
	}
	routes, _ := adopt.Routes(carriers, servers)
	for _, route := range routes {
		if route.Title == name.ValueString() {
			return importForm.FindStringSubmatch(route.ID)
		}
	}
	return nil
}
