package adoption

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/terraform"
)

// siteModule is the module for whole sites that an adoption is written for.
type siteModule struct {
	Source string // source of the module
	Site   string // name of the site
}

// The files of an adoption into the module.
const (
	moduleFile  = "main.tf"
	siteFile    = "site.auto.tfvars"
	misfitsFile = "DOES_NOT_FIT.md"
)

var siteName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,19}$`)

// check returns an error for a name that the module would refuse.
func (m siteModule) check() error {
	if m.Source != "" && !siteName.MatchString(m.Site) {
		return fmt.Errorf("%q is not a valid name of a site: set -site to at most 20 letters, digits, _ and -, with a letter at the beginning", m.Site)
	}
	return nil
}

// site is the module's variable for a cluster.
type site struct {
	client  *client
	module  siteModule
	nodes   map[string]string // names of telephony nodes by server_ip
	fields  map[string]terraform.Object
	plain   terraform.Object
	imports []terraform.Block
	misfits []string
	routes  []string // names of the routes that the module gets
}

// siteOf converts the objects to the module's variable, and collects what it cannot
// express.
func (f *result) siteOf(module siteModule, host string) *site {
	s := &site{client: f.client, module: module, nodes: map[string]string{}, fields: map[string]terraform.Object{}}
	for _, o := range f.objects {
		if name, _ := textOf(fields(o.config)["name"]); o.Kind == adopt.Route {
			s.routes = append(s.routes, name)
		}
	}
	s.servers(f.objects, host)
	for _, o := range f.objects {
		t := &moduleObject{site: s, object: o, left: fields(o.config)}
		switch o.Kind {
		case adopt.Split:
			s.split(t)
		case adopt.Route:
			s.route(t)
		case adopt.Floor:
			s.floor(t)
		case adopt.Template:
			s.template(t)
		case adopt.Remote:
			s.remote(t)
		case adopt.Number, adopt.Numbers:
			s.numbers(t)
		case adopt.Settings:
			s.settings(t)
		}
	}
	for _, out := range f.omitted {
		s.misfits = append(s.misfits, out.title(5)+": "+strings.TrimSpace(out.Reason))
	}
	return s
}

// moduleObject is an object whose attributes are moved to the module's variable one by
// one.
type moduleObject struct {
	*site
	object adoptedObject
	left   map[string]tftypes.Value // of the configuration
}

// text removes and returns an attribute; "" if there is none.
func (t *moduleObject) text(name string) string {
	value, set := t.left[name]
	if !set {
		return ""
	}
	text, _ := textOf(value)
	delete(t.left, name)
	return text
}

// value removes and returns an attribute; nil if there is none.
func (t *moduleObject) value(name string) terraform.Value {
	value, set := t.left[name]
	delete(t.left, name)
	if !set || value.IsNull() {
		return nil
	}
	return references{}.plain(value, "")
}

// state returns an attribute of the state.
func (t *moduleObject) state(name string) terraform.Value {
	value := fields(t.object.state)[name]
	delete(t.left, name)
	if value.IsNull() {
		return nil
	}
	return references{}.plain(value, "")
}

// title returns the name of the object in the report.
func (t *moduleObject) title() string { return t.object.Kind + " " + t.object.Title }

func (t *moduleObject) misfit(format string, args ...any) {
	t.misfits = append(t.misfits, t.title()+": "+fmt.Sprintf(format, args...))
}

// done adds an element to a map of the variable, and its import. It reports the
// remaining attributes, which the module cannot express.
func (t *moduleObject) done(field, key, address string, element terraform.Object) {
	t.fields[field] = append(t.fields[field], terraform.Entry{Key: terraform.Text(key), Value: element})
	t.imported(address, key, t.object.ID)
}

func (t *moduleObject) imported(address, key, id string) {
	to := "module.site." + address
	if key != "" {
		to += "[" + fmt.Sprintf("%q", key) + "]"
	}
	t.imports = append(t.imports, terraform.Block{Type: "import", Body: []terraform.Attribute{
		{Name: "to", Value: terraform.Reference(to)}, {Name: "id", Value: terraform.Text(id)},
	}})
	for _, name := range slices.Sorted(maps.Keys(t.left)) {
		if !t.left[name].IsNull() {
			t.misfit("%s is not supported by the module.", name)
		}
	}
}

// withEntry adds entries that have a value.
func withEntry(object terraform.Object, name string, value terraform.Value) terraform.Object {
	if value == nil {
		return object
	}
	return append(object, terraform.Entry{Key: terraform.Text(name), Value: value})
}

// nodeNames returns the names of the telephony nodes with the addresses; nil for all
// nodes. It returns false if an address is not that of a telephony node.
func (s *site) nodeNames(addresses []string) (terraform.Value, bool) {
	list := terraform.List{}
	for _, address := range slices.SortedFunc(slices.Values(addresses), func(a, b string) int { return natural(s.nodes[a], s.nodes[b]) }) {
		if s.nodes[address] == "" {
			return nil, false
		}
		list = append(list, terraform.Text(s.nodes[address]))
	}
	if len(list) == len(s.nodes) {
		return nil, true
	}
	return list, true
}

// byNode converts a map by server_ip to one by the names of nodes.
func (s *site) byNode(elements map[string]tftypes.Value, element func(map[string]tftypes.Value) terraform.Value) terraform.Value {
	var object terraform.Object
	for _, address := range slices.SortedFunc(maps.Keys(elements), func(a, b string) int { return natural(s.nodes[a], s.nodes[b]) }) {
		if value := element(fields(elements[address])); value != nil {
			object = append(object, terraform.Entry{Key: terraform.Text(s.nodes[address]), Value: value})
		}
	}
	if len(object) == 0 {
		return nil
	}
	return object
}

// pick returns attributes of an object under the module's names.
func pick(from map[string]tftypes.Value, names map[string]string) terraform.Value {
	var object terraform.Object
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if value := from[name]; !value.IsNull() {
			object = append(object, terraform.Entry{Key: terraform.Text(names[name]), Value: references{}.plain(value, "")})
		}
	}
	if len(object) == 0 {
		return nil
	}
	return object
}

func same(names ...string) map[string]string {
	own := map[string]string{}
	for _, name := range names {
		own[name] = name
	}
	return own
}

// asText returns a value in the form of overrides and columns of phones.
func asText(value tftypes.Value) terraform.Value {
	var number big.Float
	var yes bool
	text, ok := textOf(value)
	switch {
	case ok:
	case value.Type().Is(tftypes.Number) && value.As(&number) == nil:
		text = number.Text('f', -1)
	case value.Type().Is(tftypes.Bool) && value.As(&yes) == nil:
		text = fmt.Sprint(yes)
	}
	return terraform.Text(text)
}

// write writes the files into a directory that has none of them.
func (s *site) write(dir string, provider providerFiles) ([]string, error) {
	order := []string{"telephony", "campaigns", "templates", "floors", "carriers", "numbers", "number_blocks", "remote_agents"}
	variable := s.plain
	for _, field := range order {
		if len(s.fields[field]) > 0 {
			variable = append(variable, terraform.Entry{Key: terraform.Text(field), Value: s.fields[field]})
		}
	}
	texts := map[string]string{
		versionsFile: provider.files()[versionsFile],
		providerFile: provider.files()[providerFile],
		siteFile:     terraform.RenderAttributes("The site "+s.module.Site+", as the variable of the module.", terraform.Attribute{Name: "site", Value: literal(variable)}),
		importsFile:  terraform.Render(heads[importsFile], s.imports...),
		misfitsFile:  s.report(),
		moduleFile: terraform.Render("Passwords are not changed. To write them, set secrets and remove secrets_version.",
			terraform.Block{Type: "variable", Labels: []string{"site"}, Body: []terraform.Attribute{{Name: "type", Value: terraform.Reference("any")}}},
			terraform.Block{Type: "module", Labels: []string{"site"}, Body: []terraform.Attribute{
				{Name: "source", Value: terraform.Text(s.module.Source)}, {Name: "site", Value: terraform.Reference("var.site")}, {Name: "secrets_version", Value: terraform.Reference("null")},
			}}),
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(texts))
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s already exists: set another directory with -out", filepath.Join(dir, name))
		}
	}
	for _, name := range names {
		if err := appendTo(filepath.Join(dir, name), texts[name], os.O_CREATE|os.O_EXCL); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// literal returns a value without function calls.
func literal(value terraform.Value) terraform.Value {
	switch v := value.(type) {
	case terraform.Text:
		if strings.Contains(string(v), "\n") {
			return terraform.Line(v)
		}
	case terraform.Object:
		entries := make(terraform.Object, 0, len(v))
		for _, entry := range v {
			entries = append(entries, terraform.Entry{Key: entry.Key, Value: literal(entry.Value)})
		}
		return entries
	case terraform.List:
		list := make(terraform.List, 0, len(v))
		for _, element := range v {
			list = append(list, literal(element))
		}
		return list
	}
	return value
}

// report lists the attributes that the module does not support.
func (s *site) report() string {
	var text strings.Builder
	fmt.Fprintf(&text, "# Attributes of %s that the module does not support\n\n", s.module.Site)
	if len(s.misfits) == 0 {
		text.WriteString("None.\n")
		return text.String()
	}
	text.WriteString("The database keeps its values, except where a line says that the module sets one. Declare objects that are not imported beside the module.\n\n")
	for _, line := range s.misfits {
		fmt.Fprintf(&text, "- %s\n", strings.ReplaceAll(line, "\n", " "))
	}
	return text.String()
}
