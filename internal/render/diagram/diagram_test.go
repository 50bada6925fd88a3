package diagram

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg/svgtest"
)

// aCluster returns a cluster of that many telephony nodes, of which every eleventh
// is dead.
func aCluster(nodes int) Picture {
	t := Picture{
		Title:    fmt.Sprintf("Contact centre, %d nodes", nodes),
		Seats:    25 * nodes,
		Proxy:    &Machine{Name: "haproxy", Address: "10.10.10.2"},
		Database: &Machine{Name: "DB1", Address: "10.10.10.5"},
		Replica:  &Machine{Name: "DB2 (reports)", Address: "10.10.10.6"},
		Carriers: []Carrier{{Name: "TELCO", Inbound: true, Outbound: true}, {Name: "SIPCO", Outbound: true}, {Name: "NUMBERS", Inbound: true}},
	}
	for i := range 1 + nodes/8 {
		t.Web = append(t.Web, Machine{Name: fmt.Sprintf("web%d", i+1), Address: fmt.Sprintf("10.10.10.%d", 11+i)})
	}
	var some []string
	for i := range nodes {
		node := Node{
			Name: fmt.Sprintf("dial%d", i+1), Address: fmt.Sprintf("10.10.20.%d", 11+i), Seats: 50, Lines: 250, Dead: i%11 == 10,
			Trunks: []Trunk{{"SALES", 120, true}, {"SUPPORT", 40, true}, {"SURVEY", 30, false}},
		}
		if i == 0 {
			node.Role = "voicemail, end of day"
		}
		if i%3 == 1 {
			node.Trunks = append(node.Trunks, Trunk{"RENEWALS", 60, true})
			some = append(some, node.Address)
		}
		t.Telephony = append(t.Telephony, node)
	}
	if nodes > 3 {
		t.Carriers = append(t.Carriers, Carrier{Name: "CHEAPCALLS", Servers: some, Outbound: true}, Carrier{Name: "LOCALS", Servers: some[:1], Inbound: true})
	}
	return t
}

// aHostileCluster returns a cluster with labels that would break each of the
// formats.
func aHostileCluster() Picture {
	evil := "\"]; end --> x #quot; <script>alert('x')</script> & \\N\\\" | `md` {a} (b)\n\tline\x00\x1b[31m\u202e\xff"
	return Picture{
		Title: evil, Proxy: &Machine{evil, evil, true}, Web: []Machine{{evil, evil, false}},
		Telephony: []Node{{Name: evil, Address: evil, Role: evil, Lines: 10, Trunks: []Trunk{{evil, 30, true}}, Dead: true}, {Name: "x", Address: "y"}},
		Carriers:  []Carrier{{Name: evil, Servers: []string{evil}}, {Name: "spare"}},
		Database:  &Machine{evil, evil, false}, Replica: &Machine{evil, evil, false},
	}
}

func TestPictures_matchGoldenFiles(t *testing.T) {
	clusters := map[string]Picture{"empty": {}, "3": aCluster(3), "12": aCluster(12), "40": aCluster(40), "hostile": aHostileCluster()}
	for name, topology := range clusters {
		t.Run(name, func(t *testing.T) {
			svgtest.Golden(t, name+".svg", SVG(topology))
			svgtest.Golden(t, name+".mmd", []byte(Mermaid(topology)))
			svgtest.Golden(t, name+".dot", []byte(DOT(topology)))
		})
	}
	svgtest.Golden(t, "../../../../docs/pictures/topology-small.svg", SVG(aCluster(3)))
	svgtest.Golden(t, "../../../../docs/pictures/topology-large.svg", SVG(aCluster(12)))
}

func TestSVG(t *testing.T) {
	t.Run("marks dead nodes", func(t *testing.T) {
		if got := strings.Count(string(SVG(aCluster(12))), ">DEAD<"); got != 1 {
			t.Errorf("%d nodes are marked, want 1", got)
		}
	})

	t.Run("names every node, seat count, campaign and carrier", func(t *testing.T) {
		svg := string(SVG(aCluster(12)))
		for _, text := range []string{">dial12<", ">10.10.20.22<", ">50 seats · 250 lines<", ">RENEWALS<", ">≤ 120<", ">30 kept<", ">CHEAPCALLS<", "on 4 of 12 nodes", ">DB2 (reports)<", "1 of them dead"} {
			if !strings.Contains(svg, text) {
				t.Errorf("it does not say %q", text)
			}
		}
	})

	t.Run("a shortened label ends in an ellipsis and is complete in the tooltip", func(t *testing.T) {
		topology := Picture{Telephony: []Node{{Name: "n", Address: "10.0.0.1", Lines: 9, Trunks: []Trunk{{strings.Repeat("LONG", 12), 5, true}}}, {Name: "m"}, {Name: "o"}}}
		svg := string(SVG(topology))
		if !strings.Contains(svg, "…</text>") || !strings.Contains(svg, strings.Repeat("LONG", 12)+" ≤ 5") {
			t.Error(svg)
		}
	})
}

func TestSVG_isXMLAndLabelsDoNotOverlap(t *testing.T) {
	for _, nodes := range []int{0, 1, 2, 3, 4, 5, 12, 13, 40} {
		t.Run(fmt.Sprintf("%d nodes", nodes), func(t *testing.T) { svgtest.Check(t, SVG(aCluster(nodes))) })
	}
	t.Run("hostile labels", func(t *testing.T) { svgtest.Check(t, SVG(aHostileCluster())) })

	t.Run("drawn clusters", rapid.MakeCheck(func(t *rapid.T) {
		label := rapid.StringMatching(`[A-Za-z0-9_.≤ÄW-]{0,40}`)
		machine := rapid.Custom(func(t *rapid.T) Machine {
			return Machine{label.Draw(t, "name"), label.Draw(t, "address"), rapid.Bool().Draw(t, "dead")}
		})
		topology := Picture{Title: label.Draw(t, "title"), Web: rapid.SliceOfN(machine, 0, 9).Draw(t, "web")}
		if rapid.Bool().Draw(t, "has a proxy") {
			topology.Proxy = new(machine.Draw(t, "proxy"))
		}
		if rapid.Bool().Draw(t, "has a database") {
			topology.Database = new(machine.Draw(t, "database"))
		}
		if rapid.Bool().Draw(t, "has a replica") {
			topology.Replica = new(machine.Draw(t, "replica"))
		}
		for range rapid.IntRange(0, 30).Draw(t, "nodes") {
			node := Node{
				Name: label.Draw(t, "node"), Address: label.Draw(t, "ip"), Role: label.Draw(t, "role"),
				Seats: rapid.IntRange(0, 9999).Draw(t, "seats"), Lines: rapid.IntRange(0, 32767).Draw(t, "lines"), Dead: rapid.Bool().Draw(t, "dead"),
			}
			for range rapid.IntRange(0, 8).Draw(t, "campaigns") {
				node.Trunks = append(node.Trunks, Trunk{label.Draw(t, "campaign"), rapid.IntRange(0, 65535).Draw(t, "trunks"), rapid.Bool().Draw(t, "limit")})
			}
			topology.Telephony = append(topology.Telephony, node)
		}
		for range rapid.IntRange(0, 9).Draw(t, "carriers") {
			carrier := Carrier{Name: label.Draw(t, "carrier"), Inbound: rapid.Bool().Draw(t, "inbound"), Outbound: rapid.Bool().Draw(t, "outbound")}
			for _, node := range topology.Telephony {
				if rapid.Bool().Draw(t, "on") {
					carrier.Servers = append(carrier.Servers, node.Address)
				}
			}
			topology.Carriers = append(topology.Carriers, carrier)
		}
		svgtest.Check(t, SVG(topology))
	}))
}

func TestMermaid(t *testing.T) {
	t.Run("a hostile label stays inside its quotes", func(t *testing.T) {
		for line := range strings.Lines(Mermaid(aHostileCluster())) {
			if strings.HasPrefix(line, "title:") {
				continue // a quoted string of the front matter
			}
			quotes := strings.Count(line, `"`)
			if quotes != 0 && quotes != 2 {
				t.Errorf("%d quotes in %q", quotes, line)
			}
			if strings.ContainsAny(line, "\\`") || strings.Contains(line, "<script") {
				t.Errorf("not escaped: %q", line)
			}
		}
	})

	t.Run("a carrier on all nodes is joined to the group, one on some nodes to each of them", func(t *testing.T) {
		text := Mermaid(aCluster(12))
		for _, want := range []string{"  telephony --> carrier3\n", "  telephony --> carrier4\n", "  node1 --> carrier0\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("no edge %q in\n%s", want, text)
			}
		}
		if got := strings.Count(text, " --> carrier0"); got != 4 {
			t.Errorf("CHEAPCALLS has %d edges, want 4", got)
		}
	})

	t.Run("an inbound carrier has an arrow from the carrier, labelled in", func(t *testing.T) {
		for format, wants := range map[string][]string{
			Mermaid(aCluster(12)):          {"  carrier2 --> telephony\n", "  carrier1 --> node1\n", `{{"NUMBERS<br/>in"}}`},
			DOT(aCluster(12)):              {"carrier2 [constraint=false, ltail=cluster_telephony, dir=back]", "carrier1 [constraint=false, dir=back]", `label="NUMBERS\nin"`},
			string(SVG(aCluster(12))):      {">in, on all nodes<", ">in, on 1 of 12 nodes<", `marker-end="url(#tip)" marker-start="url(#tip)"`},
			string(SVG(aHostileCluster())): {">account only, "},
			Mermaid(aHostileCluster()):     {" --- carrier"},
		} {
			for _, want := range wants {
				if !strings.Contains(format, want) {
					t.Errorf("no %q in\n%s", want, format)
				}
			}
		}
	})
}

func TestDOT_escapes(t *testing.T) {
	for line := range strings.Lines(DOT(aHostileCluster())) {
		open := false
		for i := 0; i < len(line); i++ {
			switch {
			case open && line[i] == '\\':
				i++
			case line[i] == '"':
				open = !open
			}
		}
		if open {
			t.Errorf("a string is left open: %q", line)
		}
	}
}

func TestPictures_areIndependentOfInputOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		topology := aCluster(12)
		topology.Telephony = rapid.Permutation(topology.Telephony).Draw(t, "nodes")
		topology.Carriers = rapid.Permutation(topology.Carriers).Draw(t, "carriers")
		topology.Web = rapid.Permutation(topology.Web).Draw(t, "web")
		if !bytes.Equal(SVG(topology), SVG(aCluster(12))) || Mermaid(topology) != Mermaid(aCluster(12)) || DOT(topology) != DOT(aCluster(12)) {
			t.Fatal("the picture depends on the order")
		}
	})
}

func FuzzSVG_isAlwaysWellFormed(f *testing.F) {
	f.Add("dial1", "10.0.0.1", "SALES", 5)
	f.Add("\x00<&>\"'", "\ufffe", "]]>", -1)
	f.Fuzz(func(t *testing.T, name, address, campaign string, lines int) {
		if lines < 0 || lines > 65535 {
			lines = 65535 // the column holds no more
		}
		topology := Picture{
			Title: name, Database: &Machine{Name: name, Address: address},
			Telephony: []Node{{Name: name, Address: address, Lines: lines, Role: campaign, Trunks: []Trunk{{campaign, lines, true}}}},
			Carriers:  []Carrier{{Name: campaign, Servers: []string{address}}},
		}
		svgtest.Check(t, SVG(topology))
	})
}

// Programs that read no style sheet, or no variables in one, show the light scheme.
func TestSVG_colorsAreAttributes(t *testing.T) {
	for _, file := range []string{"3", "12", "40", "hostile", "empty"} {
		svg, err := os.ReadFile(filepath.Join("testdata", file+".svg"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(svg), "var(") {
			t.Errorf("%s.svg has a variable", file)
		}
		for _, element := range regexp.MustCompile(`<(?:rect|circle|path|polyline|text)[^>]*>`).FindAllString(string(svg), -1) {
			if !strings.Contains(element, ` fill="`) {
				t.Errorf("%s.svg: no color: %s", file, element)
			}
		}
	}
}
