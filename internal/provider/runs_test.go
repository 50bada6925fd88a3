package provider

import "testing"

// The requests of a configured provider, in the order in which hosts send them.
func TestRuns(t *testing.T) {
	t.Parallel()
	object := func(name string) requested { return hashOf(name, nil) }
	read := func(name string) func(*runs) anew { return func(r *runs) anew { return r.read(object(name)) } }
	plan := func(name, prior string) func(*runs) anew {
		return func(r *runs) anew { return r.plan(object(name+" from "+prior), object(prior)) }
	}
	apply := func(answer string) func(*runs) anew {
		return func(r *runs) anew { r.apply(object(answer)); return anew{} }
	}
	imports := func(r *runs) anew { return r.imports() }
	other := func(r *runs) anew { return r.other() }
	nothing, applied, afterApply, next := anew{}, anew{planned: true}, anew{planned: true, tables: true}, anew{planned: true, tables: true, instances: true}

	for claim, c := range map[string]struct {
		requests []func(*runs) anew
		want     anew // of the last one
	}{
		"a plan of two objects":                          {[]func(*runs) anew{read("a"), plan("a", "a1"), read("b"), plan("b", "b1")}, nothing},
		"two objects alike are planned":                  {[]func(*runs) anew{read("c"), plan("a", ""), plan("a", "")}, anew{claims: true}},
		"an object is planned, read and planned":         {[]func(*runs) anew{plan("a", "a1"), read("a"), plan("a", "a1")}, anew{claims: true}},
		"the apply of a plan plans the first object":     {[]func(*runs) anew{plan("a", "")}, nothing},
		"it plans the next one":                          {[]func(*runs) anew{plan("a", ""), apply("a1"), plan("b", "")}, applied},
		"it does so where the plan was made before":      {[]func(*runs) anew{read("a"), plan("a", "a0"), plan("b", ""), apply("a1"), plan("b", "")}, afterApply},
		"nothing was read for the plan":                  {[]func(*runs) anew{plan("a", ""), plan("b", ""), plan("a", ""), apply("a1"), plan("b", "")}, afterApply},
		"it plans one more that nothing was applied for": {[]func(*runs) anew{plan("a", ""), apply("a1"), plan("b", ""), plan("c", "")}, nothing},
		"it creates first, and plans the removal":        {[]func(*runs) anew{plan("a", ""), apply("a2"), plan("removal", "a0")}, applied},
		"it reads a data source":                         {[]func(*runs) anew{plan("a", ""), apply("a1"), other}, applied},
		"it reads one more":                              {[]func(*runs) anew{plan("a", ""), apply("a1"), other, other}, nothing},
		"a read after an apply":                          {[]func(*runs) anew{plan("a", ""), apply("a1"), read("b")}, next},
		"a read after an apply and a plan":               {[]func(*runs) anew{plan("a", ""), apply("a1"), plan("b", ""), read("b")}, next},
		"the next read":                                  {[]func(*runs) anew{plan("a", ""), apply("a1"), read("b"), read("a")}, nothing},
		"an import after an apply":                       {[]func(*runs) anew{plan("a", ""), apply("a1"), imports}, next},
		"an import in a plan":                            {[]func(*runs) anew{read("a"), imports}, nothing},
		"the second read of an object":                   {[]func(*runs) anew{read("a"), read("b"), plan("a", "a1"), read("a")}, next},
		"a plan of what an apply answered":               {[]func(*runs) anew{plan("a", ""), apply("a1"), plan("a", "a1")}, next},
		"a removal of what an apply answered":            {[]func(*runs) anew{plan("a", ""), apply("a1"), plan("removal", "a1")}, next},
		"the second plan of an object that nobody reads": {[]func(*runs) anew{plan("a", ""), plan("b", ""), plan("a", "")}, anew{claims: true, tables: true}},
		"the provider is configured anew": {[]func(*runs) anew{
			plan("a", ""), apply("a1"), func(r *runs) anew { r.configure(); return anew{} }, read("a"),
		}, nothing},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			var r runs
			var got anew
			for _, request := range c.requests {
				got = request(&r)
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
