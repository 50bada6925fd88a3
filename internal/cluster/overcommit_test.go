package cluster

import (
	"fmt"
	"strings"
	"testing"
)

// aServer is a telephony node with 100 lines.
func aServer(id, ip string) Server {
	return Server{Row: Row{"server_id": Text(id), "server_ip": Text(ip), "max_vicidial_trunks": Number(100), "active_asterisk_server": YesNo(true)}}
}

func TestOvercommitted(t *testing.T) {
	servers := Servers{aServer("dial1", "a"), aServer("dial2", "b")}
	trunks := Trunks{{"a", "SALES", most(30)}, {"a", "SURVEY", overflow(60)}, {"b", "SURVEY", most(120)}, {"b", "SALES", most(10)}}
	for _, c := range []struct {
		name   string
		limits map[string]Limit
		want   string
	}{
		{"exactly what there is fits", map[string]Limit{"a": most(40)}, ""},
		{"one more does not", map[string]Limit{"a": most(41)}, "server a has max_vicidial_trunks = 100, but 101 would be reserved (60 of them by other campaigns): 1 too many"},
		{"a server that is overfull already takes no more", map[string]Limit{"b": most(11)}, "server b has max_vicidial_trunks = 100, but 131 would be reserved (120 of them by other campaigns): 31 too many"},
		{"but it may keep what it has", map[string]Limit{"b": most(10)}, ""},
		{"and give back, though not enough", map[string]Limit{"b": most(5)}, ""},
		{"a block takes nothing", map[string]Limit{"b": most(0)}, ""},
		{"an unknown server is not reported here", map[string]Limit{"c": most(999)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var texts []string
			for _, over := range trunks.Overcommitted(servers, "SALES", c.limits) {
				texts = append(texts, over.String())
			}
			if have := strings.Join(texts, "; "); have != c.want {
				t.Errorf("found %q, want %q", have, c.want)
			}
		})
	}
}

// The worked numbers of docs/vicidial/dialer.md#double-counting: of 100 lines B reserves 50. While B uses them, C
// may place no call although 50 lines are idle.
func TestBlockedCampaigns(t *testing.T) {
	servers := Servers{aServer("dial1", "a")}
	campaign := func(id, method string) Campaign { return Campaign{ID: id, Active: true, DialMethod: method} }
	for _, c := range []struct {
		name      string
		trunks    Trunks
		campaigns Campaigns
		want      string
	}{
		{"half of the lines reserved starve who has no limit", Trunks{{"a", "B", most(50)}}, Campaigns{campaign("B", "RATIO"), campaign("C", "RATIO")}, "C: 50 of 100, 50 idle"},
		{"less than half leave something", Trunks{{"a", "B", most(49)}}, Campaigns{campaign("B", "RATIO"), campaign("C", "RATIO")}, ""},
		{"who has a limit is not blocked", Trunks{{"a", "B", most(50)}, {"a", "C", most(10)}}, Campaigns{campaign("B", "RATIO"), campaign("C", "RATIO")}, ""},
		{"a reservation of one's own is no limit", Trunks{{"a", "B", most(50)}, {"a", "C", overflow(10)}}, Campaigns{campaign("B", "RATIO"), campaign("C", "RATIO")}, "C: 50 of 100, 50 idle, overflow"},
		{"a reservation of one's own is not counted as others'", Trunks{{"a", "B", most(45)}, {"a", "C", overflow(10)}}, Campaigns{campaign("B", "RATIO"), campaign("C", "RATIO")}, ""},
		{
			"those with rows and those without are named apart",
			Trunks{{"a", "B", most(50)}, {"a", "C", overflow(10)}},
			Campaigns{campaign("A", "RATIO"), campaign("B", "RATIO"), campaign("C", "RATIO"), campaign("D", "RATIO")},
			"A,D: 60 of 100, 40 idle; C: 50 of 100, 50 idle, overflow",
		},
		{"a campaign that places no calls by itself cannot starve", Trunks{{"a", "B", most(50)}}, Campaigns{campaign("B", "RATIO"), campaign("C", "MANUAL"), campaign("D", "INBOUND_MAN"), {ID: "E", DialMethod: "RATIO"}}, ""},
		{"without reservations no campaign starves", nil, Campaigns{campaign("C", "RATIO")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var texts []string
			for _, blocked := range c.trunks.BlockedCampaigns(servers, c.campaigns, []string{"a", "unknown"}) {
				text := fmt.Sprintf("%s: %d of %d, %d idle", strings.Join(blocked.Campaigns, ","), blocked.Reserved, blocked.Max, blocked.Idle)
				if blocked.Overflow {
					text += ", overflow"
				}
				texts = append(texts, text)
			}
			if have := strings.Join(texts, "; "); have != c.want {
				t.Errorf("found %q, want %q", have, c.want)
			}
		})
	}
}
