package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// The requests of a configured provider, in the order in which hosts send them.
func TestRuns(t *testing.T) {
	t.Parallel()
	object := func(name string) requested { return hashOf(name, nil) }
	read := func(name string) func(*runs) outdated { return func(r *runs) outdated { return r.read(object(name)) } }
	instance := func(name string) requested { // "" is none
		if name == "" {
			return requested{}
		}
		return object(name)
	}
	plan := func(name, prior string) func(*runs) outdated {
		return func(r *runs) outdated {
			return r.plan(object("r"), object(name+" from "+prior), instance(prior), false)
		}
	}
	removal := func(prior string) func(*runs) outdated {
		return func(r *runs) outdated {
			return r.plan(object("r"), object("removal from "+prior), instance(prior), true)
		}
	}
	apply := func(answer string) func(*runs) outdated {
		return func(r *runs) outdated { return r.apply(instance(answer), requested{}) }
	}
	create := func(answer string) func(*runs) outdated {
		return func(r *runs) outdated { return r.apply(instance(answer), object("r")) }
	}
	imports := func(r *runs) outdated { return r.imports() }
	other := func(r *runs) outdated { return r.other() }
	nothing, applied, afterApply, next := outdated{}, outdated{planned: true}, outdated{planned: true, tables: true}, outdated{planned: true, tables: true, instances: true}

	for claim, c := range map[string]struct {
		requests []func(*runs) outdated
		want     outdated // of the last one
	}{
		"a plan of two objects":                                {[]func(*runs) outdated{read("a"), plan("a", "a1"), read("b"), plan("b", "b1")}, nothing},
		"two objects alike are planned":                        {[]func(*runs) outdated{read("c"), plan("a", ""), plan("a", "")}, outdated{claims: true}},
		"an object is planned, read and planned":               {[]func(*runs) outdated{plan("a", "a1"), read("a"), plan("a", "a1")}, outdated{claims: true}},
		"the apply of a plan plans the first object":           {[]func(*runs) outdated{plan("a", "")}, nothing},
		"it plans the next one":                                {[]func(*runs) outdated{plan("a", ""), apply("a1"), plan("b", "")}, applied},
		"it does so where the plan was made before":            {[]func(*runs) outdated{read("a"), plan("a", "a0"), plan("b", ""), apply("a1"), plan("b", "")}, afterApply},
		"nothing was read for the plan":                        {[]func(*runs) outdated{plan("a", ""), plan("b", ""), plan("a", ""), apply("a1"), plan("b", "")}, afterApply},
		"it plans one more that nothing was applied for":       {[]func(*runs) outdated{plan("a", ""), apply("a1"), plan("b", ""), plan("c", "")}, nothing},
		"it creates first, and plans the removal":              {[]func(*runs) outdated{plan("a", ""), create("a2"), removal("a0")}, applied},
		"it does so where the plan was made before as well":    {[]func(*runs) outdated{read("a"), plan("a", "a0"), plan("a", ""), plan("a", ""), create("a2"), removal("a0")}, afterApply},
		"it does so after another change":                      {[]func(*runs) outdated{read("a"), plan("a", "a0"), plan("a", ""), apply("b1"), plan("a", ""), create("a2"), removal("a0")}, afterApply},
		"a removal after a plan that nobody applied":           {[]func(*runs) outdated{read("a"), plan("a", "a1"), removal("a1")}, next},
		"a removal after a run that left the object as it was": {[]func(*runs) outdated{read("a"), plan("a", "a1"), plan("b", "b0"), apply("b1"), removal("a1")}, next},
		"the removal of the object that the run changed":       {[]func(*runs) outdated{read("a"), plan("a", "a1"), plan("b", "b0"), apply("b1"), removal("a1"), removal("b1")}, nothing},
		"a removal after a run that created another object":    {[]func(*runs) outdated{read("a"), plan("a", "a1"), plan("b", ""), create("b1"), removal("a1")}, afterApply},
		"the removal of the object that the run created":       {[]func(*runs) outdated{read("a"), plan("a", "a1"), plan("b", ""), create("b1"), removal("a1"), removal("b1")}, next},
		"a removal after one that was applied":                 {[]func(*runs) outdated{removal("a1"), apply(""), plan("a", ""), removal("b1")}, nothing},
		"the next removal":                                     {[]func(*runs) outdated{read("a"), plan("a", "a1"), plan("b", "b1"), removal("a1"), removal("b1")}, nothing},
		"a plan after a removal that nobody applied":           {[]func(*runs) outdated{read("a"), removal("a1"), plan("a", "a1")}, next},
		"the removal of another object":                        {[]func(*runs) outdated{plan("a", "a1"), removal("b1")}, nothing},
		"it reads a data source":                               {[]func(*runs) outdated{plan("a", ""), apply("a1"), other}, applied},
		"it reads one more":                                    {[]func(*runs) outdated{plan("a", ""), apply("a1"), other, other}, nothing},
		"a new object was planned before the run began":        {[]func(*runs) outdated{create("b1"), plan("a", ""), read("b"), plan("a", "")}, outdated{claims: true}},
		"an object was planned before the run began":           {[]func(*runs) outdated{create("b1"), plan("a", "a1"), read("b"), plan("a", "a1")}, nothing},
		"a read after an apply":                                {[]func(*runs) outdated{plan("a", ""), apply("a1"), read("b")}, next},
		"a read after an apply and a plan":                     {[]func(*runs) outdated{plan("a", ""), apply("a1"), plan("b", ""), read("b")}, next},
		"the next read":                                        {[]func(*runs) outdated{plan("a", ""), apply("a1"), read("b"), read("a")}, nothing},
		"an import after an apply":                             {[]func(*runs) outdated{plan("a", ""), apply("a1"), imports}, next},
		"an import in a plan":                                  {[]func(*runs) outdated{read("a"), imports}, nothing},
		"the second read of an object":                         {[]func(*runs) outdated{read("a"), read("b"), plan("a", "a1"), read("a")}, next},
		"a plan of what an apply answered":                     {[]func(*runs) outdated{plan("a", ""), apply("a1"), plan("a", "a1")}, next},
		"a removal of what an apply answered":                  {[]func(*runs) outdated{plan("a", ""), apply("a1"), removal("a1")}, next},
		"the second plan of an object that nobody reads":       {[]func(*runs) outdated{plan("a", ""), plan("b", ""), plan("a", "")}, outdated{claims: true, tables: true}},
		"the provider is configured anew": {[]func(*runs) outdated{
			plan("a", ""), apply("a1"), func(r *runs) outdated { r.configure(); return outdated{} }, read("a"),
		}, nothing},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			var r runs
			var got outdated
			for _, request := range c.requests {
				got = request(&r)
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// Terraform sorts the elements of a map, which the provider encodes in any order.
func TestRuns_instanceOf(t *testing.T) {
	t.Parallel()
	state := func(msgpack string) *tfprotov6.DynamicValue { return &tfprotov6.DynamicValue{MsgPack: []byte(msgpack)} }
	private := []byte(`{"instance":"IjEi","seen":"W10="}`)
	answered, sent := state("\x82\xa1a\x01\xa1b\x02"), state("\x82\xa1b\x02\xa1a\x01")
	if instanceOf("r", answered, private) != instanceOf("r", sent, []byte(`{"instance":"IjEi"}`)) {
		t.Error("an instance is another one when its state is encoded in another way")
	}
	for what, other := range map[string]requested{
		"of another resource": instanceOf("s", answered, private),
		"with another token":  instanceOf("r", answered, []byte(`{"instance":"IjIi"}`)),
	} {
		if other == instanceOf("r", answered, private) {
			t.Errorf("an instance %s is the same", what)
		}
	}
	for what, none := range map[string]requested{
		"without a token":       instanceOf("r", answered, []byte(`{"seen":"W10="}`)),
		"without an object":     instanceOf("r", state("\xc0"), private),
		"without private state": instanceOf("r", answered, nil),
		"of malformed private":  instanceOf("r", answered, []byte("x")),
	} {
		if none != (requested{}) {
			t.Errorf("there is an instance %s", what)
		}
	}
}
