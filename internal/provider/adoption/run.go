package adoption

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/seating"
)

// Store is the part of the store that an adoption reads.
type Store interface {
	Schema(context.Context) (cluster.Schema, error)
	RowCounts(context.Context, []cluster.Table) (map[cluster.Table]int, error)
	Servers(context.Context) (cluster.Servers, error)
	Rooms(context.Context) (map[cluster.Engine]cluster.Rooms, error)
	Templates(context.Context) (cluster.Templates, error)
	Trunks(context.Context) (cluster.Trunks, error)
	Carriers(context.Context) (cluster.Carriers, error)
	FloorRows(ctx context.Context, columns []string) (seating.FloorRows, error)
	RemoteAgents(context.Context) ([]cluster.RemoteAgents, error)
	DIDs(context.Context) (cluster.DIDs, error)
	DropChanges()
	SaveFloorClaims() (restore func())
}

// runOptions determine what is adopted, and how.
type runOptions struct {
	Only        []string // resources, with or without their vicidial_, or [Short] names of them; none for all
	Match       string   // a pattern with * and ? that names must match
	Differences int      // number of lines in which the copies of a carrier may differ
	Progress    func(string)
}

// omittedRows has rows that are left out, and the configuration that was tried.
type omittedRows struct {
	adopt.Omitted
	attempt *adoptedObject // nil if the provider cannot read them
}

// result is the result of an adoption.
type result struct {
	objects    []adoptedObject
	omitted    []omittedRows
	tally      adopt.RowTally
	client     *client
	undeclared map[string]bool // addresses that were removed from the files, to which new objects do not refer
}

// Short are short names of resources.
var Short = map[string]string{
	"server": adopt.Server, "template": adopt.Template, "settings": adopt.Settings, "trunk": adopt.Split, "carrier": adopt.Route,
	"agent": adopt.Floor, "remote": adopt.Remote, "number": adopt.Number,
}

// kindOf returns the resource with a name or a short name.
func kindOf(word string) string {
	word = strings.TrimSpace(word)
	for _, name := range []string{word, strings.TrimSuffix(word, "s")} {
		if kind, short := Short[name]; short {
			return kind
		}
	}
	return "vicidial_" + strings.TrimPrefix(word, "vicidial_")
}

func (o runOptions) asked(object adopt.Object) bool {
	if len(o.Only) > 0 && !slices.ContainsFunc(o.Only, func(word string) bool {
		kind := kindOf(word)
		return kind == object.Kind || kind == adopt.Number && object.Kind == adopt.Numbers
	}) {
		return false
	}
	match, err := path.Match(strings.ToLower(o.Match), strings.ToLower(object.Title))
	return o.Match == "" || err == nil && match
}

// shortNames lists the short names, in the order of the resources.
func shortNames() string {
	names := slices.SortedFunc(maps.Keys(Short), func(a, b string) int {
		return slices.Index(adopt.Kinds, Short[a]) - slices.Index(adopt.Kinds, Short[b])
	})
	return strings.Join(names, ", ")
}

// check returns an error for invalid options.
func (o runOptions) check() error {
	for _, word := range o.Only {
		if !slices.Contains(adopt.Kinds, kindOf(word)) {
			return fmt.Errorf("%q is not a resource that can be adopted; use one of %s", word, shortNames())
		}
	}
	if _, err := path.Match(o.Match, ""); err != nil {
		return fmt.Errorf("%q is not a pattern: %w", o.Match, err)
	}
	if o.Differences < 0 {
		return errors.New("the number of differing lines must be 0 or more")
	}
	return nil
}

func (o runOptions) say(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}

// inventory reads the whole cluster.
func inventory(ctx context.Context, store Store, options runOptions) (adopt.Inventory, error) {
	var in adopt.Inventory
	columns := make([]string, 0, len(seating.PhoneColumns))
	for _, column := range seating.PhoneColumns {
		columns = append(columns, column.Name)
	}
	for _, read := range []struct {
		name string
		from func() (int, error)
	}{
		{"tables", func() (n int, err error) {
			in.Counts, err = store.RowCounts(ctx, adopt.Tables)
			return len(in.Counts), err
		}},
		{"servers", func() (n int, err error) { in.Servers, err = store.Servers(ctx); return len(in.Servers), err }},
		{"tables of rooms", func() (n int, err error) { in.Rooms, err = store.Rooms(ctx); return len(in.Rooms), err }},
		{"templates", func() (n int, err error) { in.Templates, err = store.Templates(ctx); return len(in.Templates), err }},
		{"trunk rows", func() (n int, err error) { in.Trunks, err = store.Trunks(ctx); return len(in.Trunks), err }},
		{"carriers", func() (n int, err error) { in.Carriers, err = store.Carriers(ctx); return len(in.Carriers), err }},
		{"phones", func() (n int, err error) {
			in.Floor, err = store.FloorRows(ctx, columns)
			return len(in.Floor.Phones), err
		}},
		{"ranges of remote agents", func() (n int, err error) {
			in.RemoteAgents, err = store.RemoteAgents(ctx)
			return len(in.RemoteAgents), err
		}},
		{"DIDs", func() (n int, err error) { in.DIDs, err = store.DIDs(ctx); return len(in.DIDs), err }},
	} {
		count, err := read.from()
		if err != nil {
			return in, err
		}
		options.say("read %d %s", count, read.name)
	}
	return in, nil
}

// run finds the configuration of the cluster.
func run(ctx context.Context, server tfprotov6.ProviderServer, store Store, options runOptions) (*result, error) {
	speaks, err := newClient(ctx, server)
	if err != nil {
		return nil, err
	}
	schema, err := store.Schema(ctx)
	if err != nil {
		return nil, err
	}
	in, err := inventory(ctx, store, options)
	if err != nil {
		return nil, err
	}
	f := &result{client: speaks}
	f.tally.Read(in.Counts)
	objects, omitted := adopt.Objects(in, adopt.Options{Differences: options.Differences})
	for i, o := range objects {
		if i%50 == 0 || o.Kind != objects[i-1].Kind {
			options.say("%s: %d of %d objects", o.Kind, i, len(objects))
		}
		if !options.asked(o) {
			f.tally.Skip(o.Rows...)
			continue
		}
		if err := f.adopt(ctx, store, schema, o); err != nil {
			return nil, err
		}
	}
	for _, out := range omitted {
		if len(options.Only) > 0 && !options.asked(adopt.Object{Kind: out.Kind}) || options.Match != "" {
			f.tally.Skip(out.Rows...)
			continue
		}
		f.omit(omittedRows{Omitted: out})
	}
	f.rooms(in, options)
	return f, f.tally.Check()
}

// adopt adopts an object, or its parts, or leaves it out.
func (f *result) adopt(ctx context.Context, store Store, schema cluster.Schema, o adopt.Object) error {
	one, err := f.findConfiguration(ctx, store, schema, o)
	switch {
	case err == nil:
		f.objects = append(f.objects, one)
		f.tally.Adopt(o.Rows...)
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case o.Join != nil && len(o.Parts) > 1:
		return f.adoptParts(ctx, store, schema, o, one)
	case len(o.Parts) > 0:
		for _, part := range o.Parts {
			if err := f.adopt(ctx, store, schema, part); err != nil {
				return err
			}
		}
		return nil
	}
	out := omittedRows{Omitted: adopt.Omitted{Kind: o.Kind, Rows: o.Rows, Reason: one.reason(err), Advice: "Correct the rows in the database and run the command again, or keep them in the admin pages."}}
	if !one.config.IsNull() {
		out.attempt = &one
	}
	f.omit(out)
	return nil
}

func (f *result) findConfiguration(ctx context.Context, store Store, schema cluster.Schema, o adopt.Object) (adoptedObject, error) {
	store.DropChanges() // each object is tried alone, except for rows of adopted floors
	restore := store.SaveFloorClaims()
	one, err := f.client.findConfiguration(ctx, o, defaultsOf(schema, o.Kind))
	if err != nil {
		restore()
	}
	return one, err
}

// adoptParts adopts an object without the parts that prevent its adoption, and these
// parts alone.
func (f *result) adoptParts(ctx context.Context, store Store, schema cluster.Schema, o adopt.Object, failed adoptedObject) error {
	bad := failed.deviating()
	if len(bad) == 0 || len(bad) == len(o.Parts) {
		bad = map[int]bool{}
		all := make([]int, len(o.Parts))
		for i := range all {
			all[i] = i
		}
		f.findUnadoptable(ctx, store, schema, o, all, bad)
	}
	var good []int
	for i := range o.Parts {
		if !bad[i] {
			good = append(good, i)
		}
	}
	if len(good) > 0 {
		rest := o.Join(good)
		if len(bad) > 0 {
			for _, i := range good {
				rest.Parts = append(rest.Parts, o.Parts[i])
			}
			rest.Join = func(parts []int) adopt.Object {
				chosen := make([]int, 0, len(parts))
				for _, at := range parts {
					chosen = append(chosen, good[at])
				}
				return o.Join(chosen)
			}
		} else { // each half can be adopted, but not both together
			half := len(good) / 2
			for _, part := range [][]int{good[:half], good[half:]} {
				rest.Parts = append(rest.Parts, o.Join(part))
			}
			rest.Parts[1].Title, rest.Parts[1].ID = o.Parts[good[half]].Title, strings.Replace(rest.Parts[1].ID, o.Title+"=", o.Parts[good[half]].Title+"=", 1)
			rest.Join = nil
		}
		if err := f.adopt(ctx, store, schema, rest); err != nil {
			return err
		}
	}
	for i, part := range o.Parts {
		if bad[i] {
			if err := f.adopt(ctx, store, schema, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// findUnadoptable finds the parts that cannot be adopted even alone.
func (f *result) findUnadoptable(ctx context.Context, store Store, schema cluster.Schema, o adopt.Object, among []int, bad map[int]bool) {
	if ctx.Err() != nil {
		return
	}
	if _, err := f.findConfiguration(ctx, store, schema, o.Join(among)); err == nil {
		return
	}
	if len(among) == 1 {
		bad[among[0]] = true
		return
	}
	f.findUnadoptable(ctx, store, schema, o, among[:len(among)/2], bad)
	f.findUnadoptable(ctx, store, schema, o, among[len(among)/2:], bad)
}

// deviating returns the positions of the seats with deviations in the state.
func (a adoptedObject) deviating() map[int]bool {
	bad := map[int]bool{}
	for seat := range fields(fields(a.state)["deviations"]) {
		if i := slices.Index(a.Seats, seat); i >= 0 {
			bad[i] = true
		}
	}
	return bad
}

// reason returns why an object is left out.
func (a adoptedObject) reason(err error) string {
	text := strings.TrimSpace(err.Error())
	if deviations := fields(fields(a.state)["deviations"]); len(deviations) > 0 {
		text = "No declaration matches its rows"
		for _, seat := range slices.Sorted(maps.Keys(deviations)) {
			about, _ := textOf(deviations[seat])
			text += "; " + about
		}
	}
	if text == "" {
		return text
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// omit adds rows that are left out. Rows with the same reason are reported together.
func (f *result) omit(out omittedRows) {
	f.tally.Omit(out.Rows...)
	for i, other := range f.omitted {
		if out.attempt == nil && other.attempt == nil && out.Title == other.Title && out.Kind == other.Kind && out.Reason == other.Reason && out.Advice == other.Advice {
			f.omitted[i].Rows = slices.Concat(other.Rows, out.Rows)
			return
		}
	}
	f.omitted = append(f.omitted, out)
}

// rooms counts the conference rooms that the resource of a server manages, and the
// others.
func (f *result) rooms(in adopt.Inventory, options runOptions) {
	managed := adopt.Managed{}
	for _, o := range f.objects {
		conference := fields(fields(o.config)["conference"])
		if o.Kind != adopt.Server || conference["rooms"].IsNull() {
			continue
		}
		ip, _ := textOf(fields(o.state)["server_ip"])
		managed[ip] = cluster.Meetme
		if server, known := in.Servers.ByIP(ip); known {
			managed[ip] = server.Engine()
		}
	}
	adopted, omitted := adopt.Rooms(in.Rooms, in.Servers, managed)
	f.tally.Adopt(adopted...)
	for _, out := range omitted {
		if !options.asked(adopt.Object{Kind: out.Kind, Title: options.Match}) || options.Match != "" {
			f.tally.Skip(out.Rows...)
			continue
		}
		f.omit(omittedRows{Omitted: out})
	}
}

// names sets the names of the objects in a fixed order: their earlier names, or new
// unique ones.
func (f *result) names(before manifest) {
	f.undeclared = before.undeclared
	var names adopt.Names
	for _, address := range before.declared {
		kind, name, _ := strings.Cut(address, ".")
		names.Reserve(kind, name)
	}
	for i, o := range f.objects {
		address := before.addressOf(o.Kind, o.Rows)
		_, f.objects[i].name, _ = strings.Cut(address, ".")
		if address == "" {
			f.objects[i].name = names.Of(o.Kind, o.Title)
		}
	}
	for _, out := range f.omitted {
		if out.attempt != nil {
			out.attempt.name = names.Of(out.Kind, out.attempt.Title)
		}
	}
}
