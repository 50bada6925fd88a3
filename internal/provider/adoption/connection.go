package adoption

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/terraform"
)

// connection has the settings of the provider that were given as options, by their
// paths.
type connection struct{ given map[string]tftypes.Value }

// providerFlags defines an option for each setting of the provider that is not secret:
// host, tls.ca_file.
func providerFlags(flags *flag.FlagSet, attributes []*tfprotov6.SchemaAttribute, in string) connection {
	c := connection{map[string]tftypes.Value{}}
	c.add(flags, attributes, in)
	return c
}

func (c connection) add(flags *flag.FlagSet, attributes []*tfprotov6.SchemaAttribute, in string) {
	for _, attribute := range attributes {
		at := below(in, attribute.Name)
		switch {
		case attribute.Sensitive:
		case attribute.NestedType != nil:
			c.add(flags, attribute.NestedType.Attributes, at)
		default:
			about, _, _ := strings.Cut(strings.ReplaceAll(attribute.Description, "`", "'"), ". ")
			flags.Func(strings.ReplaceAll(at, "_", "-"), about, func(text string) error {
				value, err := parsed(attribute.Type, text)
				c.given[at] = value
				return err
			})
		}
	}
}

func parsed(kind tftypes.Type, text string) (tftypes.Value, error) {
	switch {
	case kind.Is(tftypes.Number):
		number, _, err := big.ParseFloat(text, 10, 64, big.ToNearestEven)
		if err != nil {
			return tftypes.Value{}, fmt.Errorf("%q is not a number", text)
		}
		return tftypes.NewValue(kind, number), nil
	case kind.Is(tftypes.Bool):
		yes, err := strconv.ParseBool(text)
		return tftypes.NewValue(kind, yes), err
	}
	return tftypes.NewValue(kind, text), nil
}

// connect configures the provider, and returns its block of a configuration. The
// provider is read-only: its plans do not depend on the privileges of the user.
func (c connection) connect(ctx context.Context, server tfprotov6.ProviderServer, speaks *client) ([]terraform.Attribute, error) {
	schema := speaks.schema.Provider
	given := c.object(schema.Block.Attributes, schema.ValueType(), "")
	settings := fields(given)
	settings["read_only"] = tftypes.NewValue(tftypes.Bool, true)
	packed, err := tfprotov6.NewDynamicValue(schema.ValueType(), objectValue(schema.ValueType(), settings))
	if err != nil {
		return nil, err
	}
	valid, err := server.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: &packed})
	if err == nil {
		err = failure(valid.Diagnostics)
	}
	if err != nil {
		return nil, err
	}
	resp, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: &packed})
	if err == nil {
		err = failure(resp.Diagnostics)
	}
	return references{}.attributes(schema.Block.Attributes, given, "provider"), err
}

// object returns the settings that were given; null if there are none.
func (c connection) object(attributes []*tfprotov6.SchemaAttribute, kind tftypes.Type, in string) tftypes.Value {
	of, _ := kind.(tftypes.Object)
	values := map[string]tftypes.Value{}
	for _, attribute := range attributes {
		at := below(in, attribute.Name)
		if value, given := c.given[at]; given {
			values[attribute.Name] = value
		}
		if attribute.NestedType != nil && slices.ContainsFunc(slices.Collect(maps.Keys(c.given)), func(path string) bool { return strings.HasPrefix(path, at+".") }) {
			values[attribute.Name] = c.object(attribute.NestedType.Attributes, of.AttributeTypes[attribute.Name], at)
		}
	}
	return objectValue(kind, values)
}
