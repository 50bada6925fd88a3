package adoption

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/terraform"
)

// references has the addresses of objects that other objects refer to.
type references struct {
	servers   map[string]string // by server_ip
	ids       map[string]string // server_id by server_ip, to sort by
	templates map[string]string // by template_id, as it is spelled
	routes    map[string]string // by name
}

// referencesTo collects the addresses of adopted objects. Nothing refers to servers that
// share an address.
func referencesTo(objects []adoptedObject) references {
	refs := references{map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	shared := map[string]bool{}
	for _, o := range objects {
		text := func(attribute string) string {
			text, _ := textOf(fields(o.state)[attribute])
			return text
		}
		switch o.Kind {
		case adopt.Server:
			ip := text("server_ip")
			shared[ip] = refs.servers[ip] != "" || shared[ip]
			refs.servers[ip], refs.ids[ip] = o.address()+".server_ip", text("server_id")
			if shared[ip] {
				delete(refs.servers, ip)
			}
		case adopt.Template:
			refs.templates[text("template_id")] = o.address() + ".template_id"
		case adopt.Route:
			refs.routes[text("name")] = o.address() + ".name"
		}
	}
	return refs
}

func (a adoptedObject) address() string { return a.Kind + "." + a.name }

// leading has the attributes that come first in a block; the others follow by name, and
// texts of several lines come last.
var leading = []string{
	"name", "server_id", "server_ip", "campaign_id", "template_id", "template_name", "did_pattern", "user_start", "number_of_lines",
	"server_description", "total", "all_servers", "servers", "seats", "nodes_per_seat", "protocol", "active",
	"carrier_name", "inbound", "suffix", "weight", "naming", "phone",
}

func rank(name string) int {
	if i := slices.Index(leading, name); i >= 0 {
		return i
	}
	return len(leading)
}

// block returns the configuration of an object.
func (r references) block(c *client, o adoptedObject) terraform.Block {
	return terraform.Block{
		Type: "resource", Labels: []string{o.Kind, o.name},
		Body: r.attributes(c.block(o.Kind).Attributes, o.config, o.Kind),
	}
}

func (r references) attributes(attributes []*tfprotov6.SchemaAttribute, value tftypes.Value, in string) []terraform.Attribute {
	values := fields(value)
	var body []terraform.Attribute
	for _, attribute := range attributes {
		if found := values[attribute.Name]; !found.IsNull() {
			body = append(body, terraform.Attribute{Name: attribute.Name, Value: r.value(attribute, found, in+"."+attribute.Name)})
		}
	}
	slices.SortStableFunc(body, func(a, b terraform.Attribute) int {
		return cmp.Or(cmp.Compare(lines(a.Value), lines(b.Value)), cmp.Compare(rank(a.Name), rank(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return body
}

// lines returns 1 for a text of several lines, and 0 for any other value.
func lines(value terraform.Value) int {
	if text, ok := value.(terraform.Text); ok && strings.Contains(string(text), "\n") {
		return 1
	}
	return 0
}

func (r references) value(attribute *tfprotov6.SchemaAttribute, value tftypes.Value, at string) terraform.Value {
	nested := attribute.NestedType
	switch {
	case nested == nil:
		return r.plain(value, at)
	case nested.Nesting == tfprotov6.SchemaObjectNestingModeMap:
		var entries terraform.Object
		elements := fields(value)
		for _, key := range r.sorted(elements) {
			entries = append(entries, terraform.Entry{Key: r.key(key), Value: r.object(nested.Attributes, elements[key], at)})
		}
		return entries
	case nested.Nesting == tfprotov6.SchemaObjectNestingModeList:
		var elements []tftypes.Value
		_ = value.As(&elements) // it is a list by the schema
		list := terraform.List{}
		for _, element := range elements {
			list = append(list, r.object(nested.Attributes, element, at))
		}
		return list
	}
	return r.object(nested.Attributes, value, at)
}

func (r references) object(attributes []*tfprotov6.SchemaAttribute, value tftypes.Value, at string) terraform.Value {
	entries := terraform.Object{}
	for _, attribute := range r.attributes(attributes, value, at) {
		entries = append(entries, terraform.Entry{Key: terraform.Text(attribute.Name), Value: attribute.Value})
	}
	return entries
}

// sorted returns the keys of a map in order: addresses of servers by the servers' names,
// others as text, shorter numbers first.
func (r references) sorted(elements map[string]tftypes.Value) []string {
	keys := make([]string, 0, len(elements))
	for key := range elements {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, r.compare)
	return keys
}

func (r references) compare(a, b string) int {
	return cmp.Or(natural(r.ids[a], r.ids[b]), cmp.Compare(a, b))
}

// natural compares names so that node9 comes before node10.
func natural(a, b string) int {
	front := func(text string) (string, int) {
		stem := strings.TrimRight(text, "0123456789")
		return strings.ToLower(stem), len(text) - len(stem)
	}
	one, digits := front(a)
	two, others := front(b)
	return cmp.Or(cmp.Compare(one, two), cmp.Compare(digits, others), cmp.Compare(a, b))
}

// key returns the key of a map: a reference if it is the address of an adopted server.
func (r references) key(key string) terraform.Value {
	if reference := r.servers[key]; reference != "" {
		return terraform.Reference(reference)
	}
	return terraform.Text(key)
}

func (r references) plain(value tftypes.Value, at string) terraform.Value {
	var number big.Float
	var yes bool
	if text, ok := textOf(value); ok {
		return r.text(text, at)
	}
	switch {
	case value.Type().Is(tftypes.Number) && value.As(&number) == nil:
		return terraform.Number(number.Text('f', -1))
	case value.Type().Is(tftypes.Bool) && value.As(&yes) == nil:
		return terraform.Bool(yes)
	case value.Type().Is(tftypes.Map{}):
		entries := terraform.Object{}
		elements := fields(value)
		for _, key := range r.sorted(elements) {
			entries = append(entries, terraform.Entry{Key: r.key(key), Value: r.plain(elements[key], at)})
		}
		return entries
	}
	var elements []tftypes.Value
	_ = value.As(&elements) // a list or a set
	if value.Type().Is(tftypes.Set{}) {
		slices.SortFunc(elements, func(a, b tftypes.Value) int {
			one, _ := textOf(a)
			two, _ := textOf(b)
			return r.compare(one, two)
		})
	}
	list := terraform.List{}
	for _, element := range elements {
		list = append(list, r.plain(element, at))
	}
	return list
}

// text returns a text, or a reference to the object that the text is the key of. Objects
// of one kind do not refer to one another, since that could be a cycle.
func (r references) text(text, at string) terraform.Value {
	name := at[strings.LastIndex(at, ".")+1:]
	if !strings.HasPrefix(at, adopt.Server+".") && (strings.HasSuffix(name, "server_ip") || name == "servers" || name == "active_voicemail_server") {
		return r.key(text)
	}
	if reference := r.templates[text]; reference != "" && name == "template_id" && !strings.HasPrefix(at, adopt.Template+".") {
		return terraform.Reference(reference)
	}
	return terraform.Text(text)
}
