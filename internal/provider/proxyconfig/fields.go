package proxyconfig

import (
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// reader notes what it could not read: values that are not known yet, and text
// that is not what it should be.
type reader struct {
	unknown  []webtier.Place
	problems []webtier.Problem
}

// fields are the attributes of one object. A null attribute, or one that this
// proxy's schema lacks, reads as its default; an unknown one too, and is noted.
type fields struct {
	reader *reader
	at     webtier.Place
	values map[string]attr.Value
}

// get is an attribute that is there; false when its default holds.
func (f fields) get(name string) (attr.Value, bool) {
	value, there := f.values[name]
	if !there || value.IsNull() {
		return nil, false
	}
	if value.IsUnknown() {
		f.reader.unknown = append(f.reader.unknown, f.at.Attribute(name))
		return nil, false
	}
	return value, true
}

func (f fields) text(name, fallback string) string {
	if value, ok := f.get(name); ok {
		if text, is := value.(types.String); is {
			return text.ValueString()
		}
	}
	return fallback
}

func (f fields) number(name string, fallback int) int {
	if value, ok := f.get(name); ok {
		if number, is := value.(types.Int64); is {
			return int(number.ValueInt64())
		}
	}
	return fallback
}

func (f fields) yes(name string, fallback bool) bool {
	if value, ok := f.get(name); ok {
		if yes, is := value.(types.Bool); is {
			return yes.ValueBool()
		}
	}
	return fallback
}

// length is a time written as Go writes it: "250ms", "1m".
func (f fields) length(name string, fallback time.Duration) time.Duration {
	text := f.text(name, "")
	if text == "" {
		return fallback
	}
	length, err := time.ParseDuration(text)
	if err != nil {
		f.reader.problems = append(f.reader.problems, webtier.Problem{
			Place: f.at.Attribute(name), Text: `"` + text + `" is not a length of time such as 250ms, 5s or 6m`,
		})
		return fallback
	}
	return length
}

// texts are the elements of a list or, in order, of a set.
func (f fields) texts(name string) []string {
	value, ok := f.get(name)
	if !ok {
		return nil
	}
	var elements []attr.Value
	switch many := value.(type) {
	case types.Set:
		elements = many.Elements()
	case types.List:
		elements = many.Elements()
	}
	texts := make([]string, 0, len(elements))
	for _, element := range elements {
		text, is := element.(types.String)
		if !is || text.IsUnknown() {
			f.reader.unknown = append(f.reader.unknown, f.at.Attribute(name))
			continue
		}
		texts = append(texts, text.ValueString())
	}
	if _, isSet := value.(types.Set); isSet {
		slices.Sort(texts)
	}
	return texts
}

// object is a nested object; false when it is null or not known.
func (f fields) object(name string) (fields, bool) {
	value, ok := f.get(name)
	if !ok {
		return fields{reader: f.reader, at: f.at.Attribute(name)}, false
	}
	object, is := value.(types.Object)
	if !is {
		return fields{}, false
	}
	return fields{f.reader, f.at.Attribute(name), object.Attributes()}, true
}

// entries are the objects of a map; known is false while the map itself is not.
func (f fields) entries(name string) (entries map[string]fields, known bool) {
	value, ok := f.get(name)
	if !ok {
		return nil, false
	}
	all, is := value.(types.Map)
	if !is {
		return nil, false
	}
	entries = map[string]fields{}
	elements := all.Elements()
	for _, key := range slices.Sorted(maps.Keys(elements)) {
		at := f.at.Attribute(name).Key(key)
		object, is := elements[key].(types.Object)
		if !is || object.IsUnknown() {
			f.reader.unknown = append(f.reader.unknown, at)
			entries[key] = fields{reader: f.reader, at: at}
			continue
		}
		entries[key] = fields{f.reader, at, object.Attributes()}
	}
	return entries, true
}

// blames says whether a problem could be due to a value that is not known yet.
func (r *reader) blames(problem webtier.Problem) bool {
	return slices.ContainsFunc(r.unknown, func(at webtier.Place) bool {
		short := min(len(at), len(problem.Place))
		return slices.Equal(at[:short], problem.Place[:short])
	})
}
