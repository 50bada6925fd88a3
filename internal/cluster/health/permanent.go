package health

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// PermanentFindings lists, sorted by subject, what a plan warns of only when an object is
// created or changed: default secrets, settings without effect, and rows of unknown
// servers and templates.
func PermanentFindings(s Snapshot) []string {
	servers := make(cluster.Servers, 0, len(s.Servers))
	for _, server := range s.Servers {
		servers = append(servers, server.Server)
	}
	var findings []string
	if s.FirstLogin {
		findings = append(findings, "The first-login wizard has not run: the first login to the admin pages overwrites the passwords of all servers and phones.")
	}
	if host := s.Settings.Row["sounds_web_server"].Text; host != "" && !s.Settings.CentralSounds {
		findings = append(findings, fmt.Sprintf("sounds_web_server is %s, but sounds_central_control_active is 0: no node fetches sounds from there.", host))
	}
	if s.Settings.Weights.Exists {
		weights, rest := cluster.ParseWeights(s.Settings.Weights.Text)
		for _, text := range cluster.ReviewWeights(weights, servers) {
			findings = append(findings, "Agent login weights: "+text+".")
		}
		if len(rest) > 0 {
			findings = append(findings, "Agent login weights: VICIdial ignores these lines: "+strings.Join(rest, " | ")+".")
		}
	}
	for _, server := range servers {
		if len(server.DefaultSecrets) > 0 {
			findings = append(findings, fmt.Sprintf("Server %s has the default password in %s.", server, strings.Join(server.DefaultSecrets, ", ")))
		}
	}
	for _, carrier := range s.Carriers.Sorted() {
		id, on := carrier.TemplateID(), carrier.ServerIP()
		if _, found := s.Templates.ByID(id); id != "" && !found {
			findings = append(findings, fmt.Sprintf("Carrier %s names template %s, which does not exist.", carrier.ID(), id))
		}
		if _, found := servers.ByIP(on); !found && on != cluster.AllServers {
			findings = append(findings, fmt.Sprintf("Carrier %s is on %s, which is not a server.", carrier.ID(), on))
		}
	}
	for _, campaign := range s.Trunks.Campaigns() {
		var unknown []string
		for ip := range s.Trunks.OfCampaign(campaign) {
			if _, found := servers.ByIP(ip); !found {
				unknown = append(unknown, ip)
			}
		}
		if len(unknown) > 0 {
			slices.Sort(unknown)
			findings = append(findings, fmt.Sprintf("Campaign %s has trunk rows on %s, which VICIdial ignores: no server has the address.", campaign, strings.Join(unknown, ", ")))
		}
	}
	return findings
}
