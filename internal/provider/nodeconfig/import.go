package nodeconfig

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
)

// adopt reads what an import names: the paths of astguiclient.conf files,
// separated by commas, or the text of one. No password goes into state; what
// the files say of keys that install.pl does not know is kept.
func adopt(id string) (model, []string, error) {
	texts := []string{id}
	if !strings.Contains(id, "\n") && !strings.Contains(id, "=") {
		texts = nil
		for path := range strings.SplitSeq(id, ",") {
			text, err := os.ReadFile(strings.TrimSpace(path))
			if err != nil {
				return model{}, nil, err
			}
			texts = append(texts, string(text))
		}
	}
	files := map[string]astguiclient.File{}
	var notes []string
	for _, text := range texts {
		file, found := astguiclient.Read(text)
		file, found = withoutPasswords(file, found)
		serverIP := file.Values["VARserver_ip"]
		if err := cluster.CheckServerIP(serverIP); err != nil {
			return model{}, nil, fmt.Errorf("the file does not say whose it is: VARserver_ip: %w", err)
		}
		if _, twice := files[serverIP]; twice {
			return model{}, nil, fmt.Errorf("two files are of node %s (VARserver_ip)", serverIP)
		}
		files[serverIP] = file
		for _, note := range found {
			notes = append(notes, "node "+serverIP+": "+note)
		}
	}
	m, err := declare(files)
	return m, notes, err
}

// withoutPasswords leaves out keys of the site's own that hold passwords: extra
// is no secret in state.
func withoutPasswords(file astguiclient.File, notes []string) (astguiclient.File, []string) {
	file.Extra = slices.DeleteFunc(file.Extra, func(setting astguiclient.Setting) bool {
		if !astguiclient.IsSecret(setting.Key) {
			return false
		}
		notes = append(notes, fmt.Sprintf("key %s: by its name it is a password, which is left out; write it into the file on the node", setting.Key))
		return true
	})
	return file, notes
}

// declare is the declaration that the files were made from, as far as they
// tell: what they share is said once, duties are claimed by who does them.
func declare(files map[string]astguiclient.File) (model, error) {
	m := model{
		Name: types.StringValue(defaultName), Nodes: map[string]nodeModel{}, LogDays: types.Int64Value(defaultLogDays),
		Keepalives: texts(nil), Assignments: texts(nil), Conf: texts(nil), Crontab: texts(nil), FillCommand: texts(nil), Command: texts(nil),
		Filled: types.MapNull(types.StringType),
	}
	kept, extra := map[string]map[string]string{}, map[string]map[string]string{}
	confs := map[string]string{}
	var faults []error
	for _, serverIP := range slices.Sorted(maps.Keys(files)) {
		file := files[serverIP]
		node := nodes.FromKeepalives(serverIP, file.Values["VARactive_keepalives"])
		m.Nodes[serverIP] = describe(node)
		if slices.Contains(node.Duties, nodes.AdaptiveDialing) && m.Coordinator.IsNull() {
			m.Coordinator = types.StringValue(serverIP)
		}
		kept[serverIP], extra[serverIP] = map[string]string{}, map[string]string{}
		for key, value := range file.Values {
			if astguiclient.CheckSetting(key) == nil && value != astguiclient.Standard(key) {
				kept[serverIP][key] = value
			}
			if astguiclient.IsSecret(key) && value != astguiclient.Standard(key) {
				file.Values[key] = astguiclient.Placeholder(key)
			}
		}
		for _, setting := range file.Extra {
			extra[serverIP][setting.Key] = setting.Value
		}
		text, err := file.Text()
		if err != nil {
			faults = append(faults, fmt.Errorf("node %s: %w", serverIP, err))
		}
		confs[serverIP] = text
	}
	if err := errors.Join(faults...); err != nil {
		return model{}, err
	}
	m.Settings, m.Extra = shared(kept), shared(extra)
	if server, err := m.site().DatabaseServer(); err == nil && m.Settings["VARDB_server"] == server {
		delete(m.Settings, "VARDB_server")
	}
	m.Settings, m.Extra = orNull(m.Settings), orNull(m.Extra)
	for serverIP, node := range m.Nodes {
		node.Settings, node.Extra = orNull(kept[serverIP]), orNull(extra[serverIP])
		if serverIP == m.Coordinator.ValueString() {
			node.Duties = nil // they fall to it anyway
		}
		m.Nodes[serverIP] = node
	}
	site := m.site()
	site.Cluster.Standing = site.Cluster.Faults()
	if made, err := site.Files(); err == nil {
		m = m.with(site, made)
	}
	m.Conf = texts(confs)
	return m, nil
}

// describe declares a node.
func describe(node nodes.Node) nodeModel {
	described := nodeModel{}
	for _, role := range node.Roles {
		described.Roles = append(described.Roles, string(role))
	}
	for _, duty := range node.Duties {
		described.Duties = append(described.Duties, string(duty))
	}
	if node.Engine != "" {
		described.Engine = types.StringValue(string(node.Engine))
	}
	if node.SIPLogging {
		described.SIPLogging = types.BoolValue(true)
	}
	return described
}

// shared takes out of each node's values those that all nodes have.
func shared(each map[string]map[string]string) map[string]string {
	var common map[string]string
	for _, values := range each {
		if common == nil {
			common = maps.Clone(values)
		}
		maps.DeleteFunc(common, func(key, value string) bool {
			other, found := values[key]
			return !found || other != value
		})
	}
	for _, values := range each {
		maps.DeleteFunc(values, func(key, _ string) bool {
			_, everywhere := common[key]
			return everywhere
		})
	}
	return common
}

func orNull(values map[string]string) map[string]string {
	if len(values) == 0 {
		return nil
	}
	return values
}
