package cluster

import (
	"bytes"
	"encoding/json"
	"maps"
)

// sharedRows are rows whose equal columns are written once. A route has the same texts
// on every node, and Terraform encodes what its state keeps of them with each object
// that it saves.
type sharedRows struct {
	Common Row   `json:"common,omitempty"`
	Rows   []Row `json:"rows"`
}

// MarshalJSON implements [json.Marshaler].
func (c Carriers) MarshalJSON() ([]byte, error) {
	var shared sharedRows
	if len(c) > 1 {
		shared.Common = maps.Clone(Row(c[0]))
	}
	for _, carrier := range c {
		maps.DeleteFunc(shared.Common, func(column string, value Value) bool {
			current, ok := carrier[column]
			return !ok || current != value
		})
	}
	for _, carrier := range c {
		row := maps.Clone(Row(carrier))
		maps.DeleteFunc(row, func(column string, _ Value) bool { _, found := shared.Common[column]; return found })
		shared.Rows = append(shared.Rows, row)
	}
	return json.Marshal(shared)
}

// UnmarshalJSON implements [json.Unmarshaler]. It reads a list of whole rows as well.
func (c *Carriers) UnmarshalJSON(text []byte) error {
	var shared sharedRows
	var into any = &shared
	if bytes.HasPrefix(text, []byte("[")) {
		into = &shared.Rows
	}
	if err := json.Unmarshal(text, into); err != nil {
		return err
	}
	*c = nil
	for _, row := range shared.Rows {
		carrier := make(Carrier, len(row)+len(shared.Common))
		maps.Copy(carrier, shared.Common)
		maps.Copy(carrier, row)
		*c = append(*c, carrier)
	}
	return nil
}
