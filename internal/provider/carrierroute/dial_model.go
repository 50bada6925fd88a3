package carrierroute

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/asterisk"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// more returns the optional parts of a dial block.
func (d dialModel) more() asterisk.DialMore {
	more := asterisk.DialMore{
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
		more.Numbers = append(more.Numbers, one)
	}
	for peer, weight := range d.Peers.Elements() {
		if number, ok := weight.(types.Int64); ok {
			if more.Peers == nil {
				more.Peers = map[string]int{}
			}
			more.Peers[peer] = int(number.ValueInt64())
		}
	}
	return more
}

// show is the reverse of [dialModel.more].
func (d *dialModel) show(more asterisk.DialMore) {
	d.PrefixCallerIDs, d.Headers, d.Variables = shownMap(more.PrefixCallerIDs), shownMap(more.Headers), shownMap(more.Variables)
	d.CallerIDs, d.Scripts = shownList(more.CallerIDs), shownList(more.Scripts)
	d.MaxSeconds = numberUnless(more.MaxSeconds, 0)
	for _, number := range more.Numbers {
		d.Numbers = append(d.Numbers, numberModel{
			Prefix: types.StringValue(number.Prefix), Pattern: unless(number.Pattern, asterisk.AnyNumber),
			Strip: numberUnless(number.Strip, len(number.Prefix)), Prepend: unless(number.Prepend, ""),
		})
	}
	d.Peers = types.MapNull(types.Int64Type)
	if len(more.Peers) > 0 {
		d.Peers = tfhelper.Int64Map(more.Peers)
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
