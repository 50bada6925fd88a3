package nodeconfig

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/astguiclient"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// onNode has the files of a node: its astguiclient.conf, and its crontab if that was
// given.
type onNode struct {
	file       astguiclient.File
	jobs       []nodes.CronJob
	hasCrontab bool
}

// adopt reads the files of an import. Its id is a list with commas: paths of
// astguiclient.conf files, each with the path of its node's crontab after a "+" if there
// is one, or folders that have files of both names; or the text of one
// astguiclient.conf. No password is written into the state; keys that install.pl does
// not know and cron jobs of the operator are declared.
func adopt(id string) (model, []string, error) {
	found := map[string]onNode{}
	var notes []string
	add := func(conf, crontab string, hasCrontab bool) error {
		file, fileNotes := astguiclient.Read(conf)
		file, fileNotes = withoutPasswords(file, fileNotes)
		serverIP := file.Values["VARserver_ip"]
		if err := cluster.CheckServerIP(serverIP); err != nil {
			return fmt.Errorf("the file has no valid address of its node: VARserver_ip: %w", err)
		}
		if _, twice := found[serverIP]; twice {
			return fmt.Errorf("two files belong to node %s (VARserver_ip)", serverIP)
		}
		jobs, err := astguiclient.ParseCrontab(crontab)
		if err != nil {
			fileNotes = append(fileNotes, fmt.Sprintf("a line of its crontab is left out: %v", err))
		}
		found[serverIP] = onNode{file: file, jobs: jobs, hasCrontab: hasCrontab}
		for _, note := range fileNotes {
			notes = append(notes, "node "+serverIP+": "+note)
		}
		return nil
	}
	if strings.Contains(id, "\n") || strings.Contains(id, "=") {
		if err := add(id, "", false); err != nil {
			return model{}, nil, err
		}
	} else {
		for path := range strings.SplitSeq(id, ",") {
			conf, crontab, hasCrontab, err := readNode(strings.TrimSpace(path))
			if err == nil {
				err = add(conf, crontab, hasCrontab)
			}
			if err != nil {
				return model{}, nil, err
			}
		}
	}
	m, more, err := declare(found)
	return m, append(notes, more...), err
}

// readNode reads the files of one node.
func readNode(path string) (conf, crontab string, hasCrontab bool, err error) {
	path, cronPath, hasCrontab := strings.Cut(path, "+")
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		cronPath = filepath.Join(path, "crontab")
		path = filepath.Join(path, "astguiclient.conf")
		_, err := os.Stat(cronPath)
		hasCrontab = err == nil
	}
	text, err := os.ReadFile(path)
	if err != nil || !hasCrontab {
		return string(text), "", false, err
	}
	lines, err := os.ReadFile(cronPath)
	return string(text), string(lines), true, err
}

// withoutPasswords removes additional keys that are passwords: the attribute extra is
// not sensitive.
func withoutPasswords(file astguiclient.File, notes []string) (astguiclient.File, []string) {
	file.Extra = slices.DeleteFunc(file.Extra, func(setting astguiclient.Setting) bool {
		if !astguiclient.IsSecret(setting.Key) {
			return false
		}
		notes = append(notes, fmt.Sprintf("key %s: its name is that of a password, so it is omitted; write it into the file on the node", setting.Key))
		return true
	})
	return file, notes
}

// declare derives the declaration from the files: common values are declared once, each
// node has its duties, and values that do not follow from roles and duties are declared
// as they are.
func declare(found map[string]onNode) (model, []string, error) {
	m := model{
		Name: types.StringValue(defaultName), Nodes: map[string]nodeModel{},
		Keepalives: tfhelper.StringMap(nil), Assignments: tfhelper.StringMap(nil), Conf: tfhelper.StringMap(nil), Crontab: tfhelper.StringMap(nil), FillCommand: tfhelper.StringMap(nil), Command: tfhelper.StringMap(nil),
		UserData: tfhelper.StringMap(nil), Filled: types.MapNull(types.StringType), UserFilled: types.MapNull(types.StringType),
	}
	settings, extra, confs := map[string]map[string]string{}, map[string]map[string]string{}, map[string]string{}
	var faults []error
	var notes []string
	order := slices.Sorted(maps.Keys(found))
	for _, serverIP := range order {
		file := found[serverIP].file
		settings[serverIP], extra[serverIP] = map[string]string{}, map[string]string{}
		for key, value := range file.Values {
			if astguiclient.CheckSetting(key) == nil {
				settings[serverIP][key] = value
			}
			if astguiclient.IsSecret(key) && value != astguiclient.Default(key) {
				file.Values[key] = astguiclient.Placeholder(key)
			}
		}
		for _, setting := range file.Extra {
			extra[serverIP][setting.Key] = setting.Value
		}
		letters, note := letterText(file.Values["VARactive_keepalives"])
		if note != "" {
			notes = append(notes, "node "+serverIP+": "+note)
		}
		file.Values["VARactive_keepalives"] = letters
		text, err := file.Text()
		if err != nil {
			faults = append(faults, fmt.Errorf("node %s: %w", serverIP, err))
		}
		confs[serverIP] = text
	}
	if err := errors.Join(faults...); err != nil {
		return model{}, nil, err
	}
	notes = append(notes, m.addNodes(found)...)
	m.Settings, m.Extra = common(settings, standardValue), common(extra, func(string) string { return "" })
	for serverIP, node := range m.Nodes {
		node.Settings, node.Extra = orNull(settings[serverIP]), orNull(extra[serverIP])
		m.Nodes[serverIP] = node
	}
	if server, err := m.site().DatabaseServer(); err == nil && m.Settings["VARDB_server"] == server {
		delete(m.Settings, "VARDB_server")
	}
	m.Settings, m.Extra = orNull(m.Settings), orNull(m.Extra)
	m.dropNeedlessDuties()
	m.keepLetters(found)

	site := m.site()
	site.Cluster.Existing = site.Cluster.Violations() // the files exist: their faults are warnings
	for _, warning := range site.Cluster.Warnings() {
		notes = append(notes, strings.TrimPrefix("node "+warning.ServerIP+": "+warning.Text, "node : "))
	}
	made, err := site.Files()
	if err != nil {
		return model{}, nil, err
	}
	crontabs := map[string]string{}
	for _, serverIP := range order {
		if found[serverIP].hasCrontab {
			text, cron, more := adoptCrontab(serverIP, found[serverIP], made[serverIP])
			crontabs[serverIP] = text
			node := m.Nodes[serverIP]
			node.Cron = cron
			m.Nodes[serverIP] = node
			notes = append(notes, more...)
		}
	}
	site = m.site()
	site.Cluster.Existing = site.Cluster.Violations()
	if made, err = site.Files(); err != nil {
		return model{}, nil, err
	}
	m = m.withFiles(site, made)
	m.Conf = tfhelper.StringMap(confs)
	for serverIP, files := range made {
		if _, known := crontabs[serverIP]; !known {
			crontabs[serverIP] = files.Crontab
		}
	}
	m.Crontab = tfhelper.StringMap(crontabs)
	return m, notes, nil
}

// letterText returns the letters of VARactive_keepalives that ADMIN_keepalive_ALL.pl
// reads.
func letterText(value string) (letters, note string) {
	letters = strings.Map(func(letter rune) rune {
		if strings.ContainsRune("123456789ECSX", letter) {
			return letter
		}
		return -1
	}, value)
	if letters == "" || strings.Contains(letters, "X") { // it disables the others
		letters = "X"
	}
	if letters != value {
		note = fmt.Sprintf("VARactive_keepalives is %q, which VICIdial reads as %s", value, letters)
	}
	return letters, note
}

// dropNeedlessDuties removes duties that the coordinator has without a declaration.
func (m *model) dropNeedlessDuties() {
	coordinator := m.Coordinator.ValueString()
	node, found := m.Nodes[coordinator]
	if !found {
		return
	}
	assign := func() nodes.Assignment {
		site := m.site().Cluster
		site.Existing = site.Violations()
		assignment, _ := site.Assign()
		return assignment
	}
	before := assign()
	for _, duty := range slices.Clone(node.Duties) {
		unchanged := node
		node.Duties = slices.DeleteFunc(slices.Clone(node.Duties), func(other string) bool { return other == duty })
		if len(node.Duties) == 0 {
			node.Duties = nil
		}
		m.Nodes[coordinator] = node
		if !slices.Equal(assign()[nodes.Duty(duty)], before[nodes.Duty(duty)]) {
			node = unchanged
			m.Nodes[coordinator] = node
		}
	}
}

// keepLetters declares letters that differ from those of roles and duties.
func (m *model) keepLetters(found map[string]onNode) {
	site := m.site().Cluster
	site.Existing = site.Violations()
	assignment, err := site.Assign()
	if err != nil {
		return
	}
	for _, node := range site.Nodes {
		letters := found[node.ServerIP].file.Values["VARactive_keepalives"]
		if expected := node.Keepalives(assignment); !sameLetters(expected, letters) {
			described := m.Nodes[node.ServerIP]
			described.Keepalives = types.StringValue(letters)
			described.Duties = slices.DeleteFunc(slices.Clone(described.Duties), func(duty string) bool {
				letter := nodes.Duty(duty).Keepalive()
				return letter != "" && strings.Contains(letters, letter) && !strings.Contains(letters, "X")
			})
			if len(described.Duties) == 0 {
				described.Duties = nil
			}
			m.Nodes[node.ServerIP] = described
		}
	}
}

// sameLetters reports whether two values start the same programs.
func sameLetters(a, b string) bool {
	if strings.Contains(a, "X") || strings.Contains(b, "X") {
		return a == b
	}
	return strings.Trim(a, b) == "" && strings.Trim(b, a) == ""
}

// standardValue returns the value of a key that is not declared. That of VARDB_server
// depends on the nodes.
func standardValue(key string) string {
	if key == "VARDB_server" {
		return ""
	}
	return astguiclient.Default(key)
}

// common removes from the nodes' values those that most nodes have, and returns them, if
// all nodes have the key. A standard value is not returned.
func common(each map[string]map[string]string, standard func(string) string) map[string]string {
	shared := map[string]string{}
	keys := map[string]bool{}
	for _, values := range each {
		for key := range values {
			keys[key] = true
		}
	}
	for key := range keys {
		count := map[string]int{}
		everywhere := true
		for _, values := range each {
			value, found := values[key]
			everywhere = everywhere && found
			count[value]++
		}
		if !everywhere {
			for _, values := range each {
				if values[key] == standard(key) && len(count) == 2 && standard(key) != "" { // explicit or not, it is the same value
					delete(values, key)
				}
			}
			continue
		}
		most := ""
		for _, value := range slices.Sorted(maps.Keys(count)) {
			if most == "" || count[value] > count[most] {
				most = value
			}
		}
		for _, values := range each {
			if values[key] == most {
				delete(values, key)
			}
		}
		if most != standard(key) {
			shared[key] = most
		}
	}
	return shared
}

func orNull(values map[string]string) map[string]string {
	if len(values) == 0 {
		return nil
	}
	return values
}
