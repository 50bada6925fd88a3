package carrierroute

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// options returns the optional parts of a dial block.
func (d dialModel) options() asterisk.RouteOptions {
	options := asterisk.RouteOptions{
		CallerIDs: tfhelper.Strings(d.CallerIDs.Elements()), PrefixCallerIDs: textMap(d.PrefixCallerIDs), Headers: textMap(d.Headers),
		MaxSeconds: int(d.MaxSeconds.ValueInt64()), Variables: textMap(d.Variables), Scripts: tfhelper.Strings(d.Scripts.Elements()),
	}
	for _, number := range d.Numbers {
		one := asterisk.DialNumber{
			Prefix: number.Prefix.ValueString(), Pattern: asterisk.AnyNumber, Strip: len(number.Prefix.ValueString()), Prepend: number.Prepend.ValueString(),
		}
		if !number.Pattern.IsNull() {
			one.Pattern = number.Pattern.ValueString()
		}
		if !number.Strip.IsNull() {
			one.Strip = int(number.Strip.ValueInt64())
		}
		options.Numbers = append(options.Numbers, one)
	}
	for peer, weight := range d.Peers.Elements() {
		if number, ok := weight.(types.Int64); ok {
			if options.Peers == nil {
				options.Peers = map[string]int{}
			}
			options.Peers[peer] = int(number.ValueInt64())
		}
	}
	return options
}

// show is the reverse of [dialModel.options].
func (d *dialModel) show(options asterisk.RouteOptions) {
	d.PrefixCallerIDs, d.Headers, d.Variables = shownMap(options.PrefixCallerIDs), shownMap(options.Headers), shownMap(options.Variables)
	d.CallerIDs, d.Scripts = shownList(options.CallerIDs), shownList(options.Scripts)
	d.MaxSeconds = numberUnless(options.MaxSeconds, 0)
	for _, number := range options.Numbers {
		d.Numbers = append(d.Numbers, numberModel{
			Prefix: types.StringValue(number.Prefix), Pattern: unless(number.Pattern, asterisk.AnyNumber),
			Strip: numberUnless(number.Strip, len(number.Prefix)), Prepend: unless(number.Prepend, ""),
		})
	}
	d.Peers = types.MapNull(types.Int64Type)
	if len(options.Peers) > 0 {
		d.Peers = tfhelper.Int64Map(options.Peers)
	}
}

func textMap(from types.Map) map[string]string {
	var read map[string]string
	for name, element := range from.Elements() {
		if text, ok := element.(types.String); ok {
			if read == nil {
				read = map[string]string{}
			}
			read[name] = text.ValueString()
		}
	}
	return read
}

func shownList(from []string) types.List {
	if len(from) == 0 {
		return types.ListNull(types.StringType)
	}
	return tfhelper.StringList(from)
}

func shownMap(from map[string]string) types.Map {
	if len(from) == 0 {
		return types.MapNull(types.StringType)
	}
	return tfhelper.StringMap(from)
}
