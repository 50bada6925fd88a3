package cluster

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestCarriers_MarshalJSON(t *testing.T) {
	t.Parallel()
	row := func(id, description string) Carrier {
		return Carrier{"carrier_id": Text(id), "account_entry": Text("[telco]"), "carrier_description": Text(description), "template_id": Null}
	}
	for claim, carriers := range map[string]Carriers{
		"none":                          nil,
		"one row":                       {row("A", "x")},
		"rows with equal columns":       {row("A", "x"), row("B", "x"), row("C", "y")},
		"a column that one row has not": {row("A", "x"), {"carrier_id": Text("B")}},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(carriers)
			if err != nil {
				t.Fatal(err)
			}
			var read Carriers
			if err := json.Unmarshal(text, &read); err != nil || !reflect.DeepEqual(read, carriers) {
				t.Errorf("%s is read as %v, %v", text, read, err)
			}
			if len(carriers) == 3 && strings.Count(string(text), "[telco]") != 1 {
				t.Errorf("an equal column is repeated: %s", text)
			}
		})
	}
	t.Run("a list of rows", func(t *testing.T) {
		t.Parallel()
		text, err := json.Marshal([]Carrier{row("A", "x")})
		if err != nil {
			t.Fatal(err)
		}
		var read Carriers
		if err := json.Unmarshal(text, &read); err != nil || !reflect.DeepEqual(read, Carriers{row("A", "x")}) {
			t.Errorf("%s is read as %v, %v", text, read, err)
		}
	})
}
