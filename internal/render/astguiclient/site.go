package astguiclient

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/nodes"
)

// Site is the input of the files of all nodes of a cluster.
type Site struct {
	Cluster nodes.Site
	// Settings and Extra are keys of every node's file: those that install.pl
	// knows, and others.
	Settings, Extra map[string]string
	// Secrets are passwords by key. Missing ones are filled in on the node.
	Secrets map[string]string
	// Own are the settings of single nodes, by server_ip. They have precedence.
	Own map[string]NodeSettings
	// Crontab is the same on all nodes except for its folders, which are taken from
	// each node's own file, and the recordings of nodes that have their own.
	Crontab nodes.CrontabOptions
	// Sources is the folder with VICIdial's sources on the nodes.
	Sources string
	// LocalPrimary makes the database node use localhost as its database server.
	LocalPrimary bool
	// Samples has the sample configuration of Asterisk installed too.
	Samples bool
}

// NodeSettings are the settings of one node.
type NodeSettings struct {
	Settings, Extra map[string]string
	// Recordings replace the recording jobs of the cluster.
	Recordings *nodes.Recordings
	// Cron are further lines of the crontab. Settings before the first job,
	// such as MAILTO=ops, are for all lines of the crontab.
	Cron []string
	// ServerStats writes the load of the machine into server_live_*.
	ServerStats bool
}

// NodeFiles are the files of one node and the commands that install them.
type NodeFiles struct {
	File    File   // without the passwords
	Letters string // VARactive_keepalives
	Conf    string // astguiclient.conf with a placeholder for each password
	// Filled is astguiclient.conf with the passwords that are known.
	Filled  string
	Crontab string
	Jobs    []nodes.CronJob // the lines of Crontab
	// Fill is the command that fills passwords into Conf on the node, or "" if
	// there are none.
	Fill    string
	Install string
	// UserData is cloud-init user data with Conf, UserDataFilled with Filled.
	UserData, UserDataFilled string
}

// Files returns the files of every node, by server_ip. The error has all invalid
// nodes and keys; see [nodes.Site.Assign] for the duties.
func (s Site) Files() (map[string]NodeFiles, error) {
	assignment, err := s.Cluster.Assign()
	if err != nil {
		return nil, err
	}
	files := make(map[string]NodeFiles, len(s.Cluster.Nodes))
	faults := []error{s.check()}
	for _, node := range s.Cluster.Nodes {
		nodeFiles, err := s.files(node, assignment)
		if err != nil {
			faults = append(faults, fmt.Errorf("node %s: %w", node.ServerIP, err))
		}
		files[node.ServerIP] = nodeFiles
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return files, nil
}

// DatabaseServer returns the default of VARDB_server: the only database node, or
// the only node.
func (s Site) DatabaseServer() (string, error) {
	databases := s.Cluster.With(nodes.RoleDatabase)
	switch {
	case len(s.Cluster.Nodes) == 1:
		return Default("VARDB_server"), nil
	case len(databases) == 1:
		return databases[0], nil
	default:
		return "", errors.New("key VARDB_server: no node is the database, so set VARDB_server")
	}
}

func (s Site) files(node nodes.Node, assignment nodes.Assignment) (NodeFiles, error) {
	file, err := s.file(node, assignment)
	if err != nil {
		return NodeFiles{}, err
	}
	conf, err := file.Text()
	if err != nil {
		return NodeFiles{}, err
	}
	full := s.fill(file)
	filled, err := full.Text()
	if err != nil {
		return NodeFiles{}, err
	}
	jobs, err := s.jobs(node, file, assignment)
	if err != nil {
		return NodeFiles{}, err
	}
	crontab, err := Crontab(jobs)
	if err != nil {
		return NodeFiles{}, err
	}
	fill, install := FillCommand(file.placeholders()), installCommand(node, file, s.Sources, s.Samples, s.Cluster.PagesEverywhere)
	return NodeFiles{
		File: file, Letters: file.Values["VARactive_keepalives"],
		Conf: conf, Filled: filled, Crontab: crontab, Jobs: jobs, Fill: fill, Install: install,
		UserData:       userData(conf, crontab, fill, install),
		UserDataFilled: userData(filled, crontab, FillCommand(full.placeholders()), installCommand(node, full, s.Sources, s.Samples, s.Cluster.PagesEverywhere)),
	}, nil
}

// jobs returns the lines of a node's crontab.
func (s Site) jobs(node nodes.Node, file File, assignment nodes.Assignment) ([]nodes.CronJob, error) {
	own := s.Own[node.ServerIP]
	options := s.Crontab
	options.Home, _ = file.Value("PATHhome")
	options.Logs, _ = file.Value("PATHlogs")
	options.Sounds, _ = file.Value("PATHsounds")
	options.Monitor, _ = file.Value("PATHmonitor")
	options.DoneRecordings, _ = file.Value("PATHDONEmonitor")
	options.ServerStats = own.ServerStats
	if own.Recordings != nil {
		options.Recordings = *own.Recordings
	}
	if err := options.Recordings.Check(); err != nil {
		return nil, err
	}
	if options.Recordings.Ship && node.Is(nodes.RoleTelephony) && file.Values["VARFTP_host"] == "" {
		return nil, errors.New("key VARFTP_host: recordings are to be shipped, so set VARFTP_host")
	}
	var settings, jobs []nodes.CronJob
	for _, line := range own.Cron {
		job, err := ParseLine(line)
		if err != nil {
			return nil, err
		}
		if job.Schedule == "" && len(jobs) == 0 {
			settings = append(settings, job)
			continue
		}
		jobs = append(jobs, job)
	}
	return slices.Concat(settings, node.Crontab(assignment, s.Cluster.Archives, options), jobs), nil
}

func (s Site) file(node nodes.Node, assignment nodes.Assignment) (File, error) {
	own := s.Own[node.ServerIP]
	values := map[string]string{}
	maps.Copy(values, s.Settings)
	maps.Copy(values, own.Settings)
	if _, set := values["VARDB_server"]; !set {
		server, err := s.DatabaseServer()
		if err != nil {
			return File{}, err
		}
		if s.LocalPrimary && server == node.ServerIP {
			server = Default("VARDB_server")
		}
		values["VARDB_server"] = server
	}
	// A service that is used needs a password. One that is not used has the default
	// of install.pl, which need not be filled in.
	for service, host := range map[string]string{"VARCS_pass": "VARCS_server", "VARFTP_pass": "VARFTP_host", "VARREPORT_pass": "VARREPORT_host"} {
		if values[host] != "" || s.Secrets[service] != "" {
			values[service] = Placeholder(service)
		}
	}
	values["VARserver_ip"] = node.ServerIP
	values["VARactive_keepalives"] = node.Keepalives(assignment)

	extra := map[string]string{}
	maps.Copy(extra, s.Extra)
	maps.Copy(extra, own.Extra)
	file := File{Values: values}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		file.Extra = append(file.Extra, Setting{name, extra[name]})
	}
	return file, nil
}

// fill replaces the placeholders of known passwords.
func (s Site) fill(file File) File {
	values := maps.Clone(file.Values)
	maps.Copy(values, s.Secrets)
	return File{Values: values, Extra: file.Extra}
}

// check returns an error for keys that cannot be set as settings.
func (s Site) check() error {
	var faults []error
	settings := func(where string, values map[string]string) {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if err := CheckSetting(name); err != nil {
				faults = append(faults, fmt.Errorf("%s%w", where, err))
			}
		}
	}
	settings("", s.Settings)
	for _, serverIP := range slices.Sorted(maps.Keys(s.Own)) {
		settings("node "+serverIP+": ", s.Own[serverIP].Settings)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		if _, known := find(name); !known || !IsSecret(name) {
			faults = append(faults, fmt.Errorf("key %s: it is no password: those are %s", name, strings.Join(Secrets(), ", ")))
		}
	}
	faults = append(faults, CheckSources(s.Sources))
	if s.Crontab.TimeServer != "" {
		faults = append(faults, CheckTimeServer(s.Crontab.TimeServer))
	}
	faults = append(faults, checkRecordings(s.Crontab.Recordings))
	for _, serverIP := range slices.Sorted(maps.Keys(s.Own)) {
		if own := s.Own[serverIP].Recordings; own != nil {
			faults = append(faults, checkRecordings(*own))
		}
	}
	return errors.Join(faults...)
}

// CheckSources returns an error for a folder that cannot be in a command.
func CheckSources(value string) error { return folder.checked("sources", value) }

// CheckTimeServer returns an error for a host that cannot be in a crontab.
func CheckTimeServer(value string) error { return host.checked("time server", value) }

// checkRecordings returns an error for values that cannot be in a crontab.
func checkRecordings(recordings nodes.Recordings) error {
	var faults []error
	if !slices.Contains(nodes.RecordingFormats(), recordings.Format) {
		faults = append(faults, fmt.Errorf("recording format %q: it is none of %s", recordings.Format, strings.Join(nodes.RecordingFormats(), ", ")))
	}
	if recordings.Transfer.Folders != "" && !slices.Contains(nodes.TransferFolders(), recordings.Transfer.Folders) {
		faults = append(faults, fmt.Errorf("folders %q of the archive: they are none of %s", recordings.Transfer.Folders, strings.Join(nodes.TransferFolders(), ", ")))
	}
	if recordings.ArchiveDays > 0 && !folder.check(recordings.ArchiveFolder) {
		faults = append(faults, fmt.Errorf("folder %q of the archive: it is not %s", recordings.ArchiveFolder, folder.description))
	}
	return errors.Join(faults...)
}

// CheckSetting returns an error for a key that cannot be set for all nodes: it
// depends on the node, it is a password, or install.pl does not know it.
func CheckSetting(name string) error {
	_, known := find(name)
	switch {
	case !known:
		return fmt.Errorf("key %s: install.pl does not know it: the keys are %s; others are extra", name, strings.Join(settable(), ", "))
	case name == "VARserver_ip" || name == "VARactive_keepalives":
		return fmt.Errorf("key %s: it follows from the node and its roles", name)
	case IsSecret(name):
		return fmt.Errorf("key %s: it is a password, which belongs with the secrets", name)
	}
	return nil
}

func settable() []string {
	return slices.DeleteFunc(Keys(), func(name string) bool {
		return name == "VARserver_ip" || name == "VARactive_keepalives" || IsSecret(name)
	})
}
