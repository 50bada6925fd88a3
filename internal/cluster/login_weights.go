package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// LoginWeightsContainer is the settings container from which the agent login
// takes the weights of servers (docs/vicidial/agent-login.md#login-weights).
const LoginWeightsContainer = "AGENT_LOAD_BALANCING_WEIGHT"

// FormatWeights returns the container's text for weights by server_ip: a line
// "server_ip,weight" for each, sorted.
func FormatWeights(weights map[string]int) string {
	var text strings.Builder
	for _, ip := range slices.Sorted(maps.Keys(weights)) {
		text.WriteString(ip + "," + strconv.Itoa(weights[ip]) + "\n")
	}
	return text.String()
}

// ParseWeights reads the container's text. Lines that are neither a weight nor
// blank, which VICIdial ignores, are returned in rest. The last line of a server
// counts.
func ParseWeights(text string) (weights map[string]int, rest []string) {
	weights = map[string]int{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		ip, number, found := strings.Cut(line, ",")
		weight, err := strconv.Atoi(strings.TrimSpace(number))
		if ip = strings.TrimSpace(ip); !found || err != nil || weight < 0 || CheckServerIP(ip) != nil {
			rest = append(rest, line)
			continue
		}
		weights[ip] = weight
	}
	return weights, rest
}

// EquivalentWeights reports whether two texts give every server the same weight
// and hold the same other lines.
func EquivalentWeights(a, b string) bool {
	weights, rest := ParseWeights(a)
	others, remainder := ParseWeights(b)
	return maps.Equal(weights, others) && slices.Equal(rest, remainder)
}

// ReviewWeights returns warnings about weights of unknown servers, servers without a
// weight, and weights of 0. VICIdial's document gives a server without a weight 1000;
// its code divides that server's load by 0.001 (www/agc/vicidial.php:4520-4523).
func ReviewWeights(weights map[string]int, servers Servers) []string {
	var warnings []string
	sum := 0
	for _, ip := range slices.Sorted(maps.Keys(weights)) {
		sum += weights[ip]
		if _, found := servers.ByIP(ip); !found {
			warnings = append(warnings, fmt.Sprintf("%s has a weight of %d, but is not a server: its weight only reduces the share of every other server", ip, weights[ip]))
		}
		if weights[ip] == 0 {
			warnings = append(warnings, fmt.Sprintf("%s has the weight 0, which does not close it: one agent there counts as 1000. While no agent is logged in anywhere, it counts as equal to the others, and the last login of the alias wins", ip))
		}
	}
	for _, ip := range servers.IPs() {
		server, _ := servers.ByIP(ip)
		_, weighed := weights[ip]
		if len(weights) > 0 && !weighed && acceptsAgents(server) {
			warnings = append(warnings, fmt.Sprintf("%s takes agents and has no weight: VICIdial counts one agent there as 1000 (its document says the weight would be 1000), so that it is filled last", ip))
		}
	}
	if len(weights) > 0 && sum == 0 {
		warnings = append(warnings, "all weights are 0, so that they do not tell servers apart")
	}
	return warnings
}

// acceptsAgents reports whether the agent login may choose the server.
func acceptsAgents(server Server) bool {
	return server.Row["active"].Yes() && server.Logins()
}

// planWeights returns the step that updates or inserts the container, or deletes it where
// want is NULL.
func planWeights(have Container, want Value) Step {
	audit := func(kind string) Audit {
		return Audit{Section: "CONTAINERS", Type: kind, Record: LoginWeightsContainer, Code: "ADMIN " + kind + " CONTAINER"}
	}
	key := Row{"container_id": Text(LoginWeightsContainer)}
	text := Row{"container_entry": Text(have.Text)}
	switch {
	case want.Null:
		return Step{Phase: Remove, Verb: Delete, Table: TableContainers, Key: key, From: text, Audit: audit("DELETE")}
	case !have.Exists:
		return Step{
			Phase: Add, Verb: Insert, Table: TableContainers, Key: key, Audit: audit("ADD"),
			Rows: []Row{{
				"container_id": Text(LoginWeightsContainer), "container_notes": Text("Agent login weights of servers"),
				"container_type": Text("OTHER"), "user_group": Text("---ALL---"), "container_entry": want,
			}},
		}
	default:
		return Step{Phase: Grow, Verb: Update, Table: TableContainers, Key: key, From: text, To: Row{"container_entry": want}, Audit: audit("MODIFY")}
	}
}
