package cluster

import (
	"strings"
	"testing"
)

func TestFillRate(t *testing.T) {
	t.Parallel()
	columns := map[Table]map[string]Column{TableSettings: {"outbound_calls_per_second": {Type: "smallint(3) unsigned"}}}
	for _, c := range []struct {
		schema     int
		rate, says string
		advice     bool
	}{
		{schema: 1302, rate: "200"},
		{schema: 1302, rate: "201", says: "between 1 and 200"},
		{schema: 1692, rate: "1000", says: "between 1 and 200"},
		{schema: 1693, rate: "200"},
		{schema: 1693, rate: "201", says: "since 2023-08-30", advice: true},
		{schema: 1694, rate: "1001", says: "between 1 and 1000"},
		{schema: 1695, rate: "1000"},
		{schema: 1720, rate: "1001", says: "between 1 and 1000"},
		{schema: 1720, rate: "0", says: "between 1 and 1000"},
	} {
		violations := Rules{"outbound_calls_per_second": FillRate}.Violations(
			Schema{Version: c.schema, Tables: columns}, TableSettings, nil, Row{"outbound_calls_per_second": Text(c.rate)})
		switch {
		case len(violations) == 0 && c.says == "":
		case len(violations) != 1 || violations[0].Advice != c.advice || !strings.Contains(violations[0].Err.Error(), c.says):
			t.Errorf("%+v: got %+v", c, violations)
		}
	}
}
