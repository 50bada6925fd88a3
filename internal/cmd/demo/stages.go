package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

// schema is the version of the database.
const schema = 1720

// demo is the state that the stages share.
type demo struct {
	*printer
	terraform           // in the configuration
	inspector terraform // in the configuration that only reads
	rows
	proxies
	legacy    legacyCluster
	secrets   []string
	installed map[string]int // rows of each table before anything was declared
	snapshots [2]*snapshot   // of the cluster with three nodes, and with two
}

// demonstrate prepares the database, the proxies and the provider, and runs the
// stages.
func demonstrate(ctx context.Context, s *printer) (err error) {
	env, err := testenv.New(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, env.Close()) }()

	s.stage("A throwaway MariaDB with VICIdial's tables, as installed")
	installer := s.progress("MariaDB is missing; apt installs it, which takes a moment")
	if err := sandbox.Install(ctx, installer); err != nil {
		s.print(installer.output.String())
		return err
	}
	server, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	database, err := server.NewDatabase(ctx, schema)
	if err != nil {
		return err
	}
	tables := rows{database}
	if err := tables.addCampaigns(ctx); err != nil {
		return err
	}
	installed, err := tables.count(ctx)
	if err != nil {
		return err
	}
	s.print(fmt.Sprintf("schema %d on %s:%d; three campaigns of an operator:", schema, database.Host, database.Port))
	s.print(tables.draw(ctx, campaigns))

	s.stage("HAProxy and nginx, to check their configurations")
	proxies, err := findProxies(ctx, s, env.Temporary("proxies"))
	if err != nil {
		return err
	}
	s.print(proxies.haproxy + ", " + proxies.nginx)

	s.stage("The provider, built into a local mirror")
	s.print("compiling; the first time takes a minute")
	compiler := s.progress("fetching modules")
	mirror, err := env.Build(ctx, compiler)
	if err != nil {
		s.print(compiler.output.String())
		return err
	}
	s.print(mirror)

	var secrets []string
	settings := append(testenv.Connection(database), proxies.settings()...)
	for _, name := range []string{"conf_secret", "manager_secret", "carrier_secret", "phone_password", "phone_secret"} {
		secret := rand.Text()[:20] // the length of the columns
		secrets = append(secrets, secret)
		settings = append(settings, "TF_VAR_"+name+"="+secret)
	}
	cli, err := env.Open("demo", os.DirFS(env.File("examples/demo")), settings...)
	if err != nil {
		return err
	}
	inspector, err := env.Open("look", os.DirFS(env.File("examples/demo/look")), testenv.Connection(database)...)
	if err != nil {
		return err
	}
	folder, err := pictureFolder()
	if err != nil {
		return err
	}
	return demo{
		printer:   s,
		terraform: terraform{cli, s},
		inspector: terraform{inspector, s},
		rows:      tables,
		proxies:   proxies,
		legacy:    legacyCluster{env, server, env.Temporary(filepath.Join("mirror", mirror))},
		secrets:   secrets,
		installed: installed,
		snapshots: [2]*snapshot{
			{title: "three nodes", picture: filepath.Join(folder, "cluster.svg")},
			{title: "without dial3", picture: filepath.Join(folder, "cluster-without-dial3.svg")},
		},
	}.runStages(ctx)
}

// runStages runs the stages and stops at the first error.
func (s demo) runStages(ctx context.Context) error {
	for _, part := range []struct {
		title string
		run   func(context.Context) error
	}{
		{"terraform init", s.initialise},
		{"terraform plan: the shares, before anything is written", s.plan},
		{"terraform apply", s.apply},
		{"terraform plan again: no changes", s.planAgain},
		{"An operator changes trunks on the admin page", s.changeTrunks},
		{"terraform plan: the change, and who made it", s.planDrift},
		{"terraform apply: restores the declared trunks", s.restore},
		{"Calls out and in: the dialplan of one node", s.calls},
		{"60 seats over three nodes, two nodes per seat", s.showSeats},
		{"The web tier: HAProxy and nginx check their configuration", s.checkProxies},
		{"Failover plan: one of three nodes fails", s.planFailover},
		{"terraform plan: without dial3", s.planRemoval},
		{"terraform apply: dial3 is removed", s.removeNode},
		{"Failover plan: one of two nodes fails", s.planSecondFailover},
		{"terraform destroy", s.destroy},
		{"After the destroy: nothing is left", s.checkEmpty},
		{"Another cluster, ten years old: adopted with one command", s.adopt},
		{"The failover plans and pictures of the cluster", s.printPictures},
	} {
		s.stage(part.title)
		if err := part.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s demo) initialise(ctx context.Context) error {
	text, err := s.quiet(ctx, 0, "init")
	if _, err := s.inspector.quiet(ctx, 0, "init"); err != nil {
		return err
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "- ") || strings.Contains(line, "success") {
			s.print(strings.TrimSpace(line))
		}
	}
	return err
}

// shares are the allocations of examples/demo: 180 trunks in proportion to 250, 150
// and 60; 60 on any two of three nodes; 40 with at most 15 on dial2.
var shares = map[string]map[string]int{
	"vicidial_trunk_split.sales":   {"10.10.20.11": 98, "10.10.20.12": 59, "10.10.20.13": 23},
	"vicidial_trunk_split.survey":  {"10.10.20.11": 43, "10.10.20.12": 43, "10.10.20.13": 17},
	"vicidial_trunk_split.winback": {"10.10.20.11": 25, "10.10.20.12": 15},
}

// sharesWithout are the allocations without dial3.
var sharesWithout = map[string]map[string]int{
	"vicidial_trunk_split.sales":  {"10.10.20.11": 113, "10.10.20.12": 67},
	"vicidial_trunk_split.survey": {"10.10.20.11": 60, "10.10.20.12": 60},
}

func (s demo) plan(ctx context.Context) error {
	text, err := s.show(ctx, exitChanges, "plan", "-detailed-exitcode", "-out=demo.tfplan")
	if err != nil {
		return err
	}
	if err := s.expectShares(ctx, "demo.tfplan", "create", shares); err != nil {
		return err
	}
	for _, split := range shares {
		for server, share := range split {
			if !hasShare(text, server, share) {
				return unexpected("the plan does not show the %d lines of %s", share, server)
			}
		}
	}
	s.ok("the plan has every campaign's share of every node")
	if err := s.expectInstalled(ctx); err != nil {
		return err
	}
	s.ok("no row is written yet")
	return nil
}

func (s demo) apply(ctx context.Context) error {
	if _, err := s.show(ctx, 0, "apply", "demo.tfplan"); err != nil {
		return err
	}
	return s.expect(ctx,
		"servers", servers, wantServers,
		"conference rooms", rooms, wantRooms,
		"trunks", trunks, wantTrunks,
		"VICIdial's admin change log", changeLog, "",
	)
}

func (s demo) planAgain(ctx context.Context) error {
	if _, err := s.show(ctx, exitEmpty, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	s.ok("the rows are as declared")
	return nil
}

func (s demo) changeTrunks(ctx context.Context) error {
	description, err := s.changeByHand(ctx)
	if err != nil {
		return err
	}
	s.print(description)
	s.print(s.draw(ctx, salesTrunks))
	return nil
}

func (s demo) planDrift(ctx context.Context) error {
	text, err := s.show(ctx, exitChanges, "plan", "-detailed-exitcode", "-out=demo.tfplan")
	if err != nil {
		return err
	}
	if err := s.expectChanges(ctx, "demo.tfplan", map[string]string{"vicidial_trunk_split.sales": "update"}); err != nil {
		return err
	}
	s.ok("one split changes, and nothing else")
	for _, word := range []string{"10.10.20.12", changedTrunks, "59", operator, operatorAddress} {
		if !strings.Contains(text, word) {
			return unexpected("the plan does not contain %s", word)
		}
	}
	s.ok("the plan names the node, both numbers, the user and the address")
	return nil
}

func (s demo) restore(ctx context.Context) error {
	if _, err := s.show(ctx, 0, "apply", "demo.tfplan"); err != nil {
		return err
	}
	if err := s.expect(ctx, "trunks", trunks, wantTrunks); err != nil {
		return err
	}
	if _, err := s.quiet(ctx, exitEmpty, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	s.ok("the next plan is empty")
	return nil
}

// withoutDial3 declares the cluster with one node less.
const withoutDial3 = "-var-file=without-dial3.tfvars"

func (s demo) planRemoval(ctx context.Context) error {
	if _, err := s.show(ctx, exitChanges, "plan", "-detailed-exitcode", withoutDial3, "-out=without.tfplan"); err != nil {
		return err
	}
	if err := s.expectShares(ctx, "without.tfplan", "update", sharesWithout); err != nil {
		return err
	}
	if err := s.expectChanges(ctx, "without.tfplan", map[string]string{
		`vicidial_server.telephony["dial3"]`: "delete",
		"vicidial_agent_placement.floor":     "update",
		"vicidial_carrier_route.inbound":     "update",
		"vicidial_carrier_route.main":        "update",
		"vicidial_haproxy_config.web":        "update",
		"vicidial_nginx_config.web":          "update",
		"vicidial_trunk_split.sales":         "update",
		"vicidial_trunk_split.survey":        "update",
	}); err != nil {
		return err
	}
	s.print("The first warning is about current rows, which this plan removes first.")
	s.ok("dial3 is removed; its trunks and seats move; carriers and proxies no longer name it")
	if err := s.expect(ctx, "", trunks, wantTrunks, "", seats, wantSeats); err != nil {
		return err
	}
	s.ok("the plan changed no row")
	return nil
}

// removeNode takes dial3 out: what it had goes to the others first.
func (s demo) removeNode(ctx context.Context) error {
	if _, err := s.show(ctx, 0, "apply", "without.tfplan"); err != nil {
		return err
	}
	if err := s.expect(ctx, "trunks", trunks, wantTrunksWithout); err != nil {
		return err
	}
	if err := s.expectSeats(ctx, wantSeatsWithout); err != nil {
		return err
	}
	if _, err := s.quiet(ctx, exitEmpty, "plan", "-detailed-exitcode", withoutDial3); err != nil {
		return err
	}
	if count, err := s.countReferences(ctx, "10.10.20.13"); err != nil || count > 0 {
		return errors.Join(err, unexpected("%d rows still refer to dial3", count))
	}
	s.ok("no row refers to dial3, and the next plan is empty")
	return nil
}

func (s demo) destroy(ctx context.Context) error {
	if _, err := s.quiet(ctx, exitChanges, "plan", "-destroy", "-detailed-exitcode", withoutDial3, "-out=destroy.tfplan"); err != nil {
		return err
	}
	_, err := s.show(ctx, 0, "apply", "destroy.tfplan")
	return err
}

func (s demo) checkEmpty(ctx context.Context) error {
	if err := s.expectInstalled(ctx); err != nil {
		return err
	}
	s.ok("no server, room, trunk row, carrier, number, phone or alias is left")
	for _, file := range []string{"haproxy.cfg", "nginx.conf"} {
		if _, err := os.Stat(filepath.Join(s.proxyFolder, file)); !errors.Is(err, os.ErrNotExist) {
			return errors.Join(err, unexpected("%s is still there", file))
		}
	}
	s.ok("no configuration of a proxy is left")
	if err := s.expect(ctx, "", campaigns, wantCampaigns); err != nil {
		return err
	}
	s.ok("the campaigns, which are not managed, are unchanged")
	if err := s.expectNoSecret(ctx); err != nil {
		return err
	}
	s.ok("no secret is in the state, the plans or the change log")
	return nil
}

// hasShare reports whether the text of a plan shows a server's share.
func hasShare(text, server string, share int) bool {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if slices.Contains(fields, `"`+server+`"`) && fields[len(fields)-1] == fmt.Sprint(share) {
			return true
		}
	}
	return false
}

// expectShares compares the allocations of a saved plan with shares.
func (s demo) expectShares(ctx context.Context, plan, action string, want map[string]map[string]int) error {
	found, err := s.changes(ctx, plan)
	if err != nil {
		return err
	}
	for _, split := range slices.Sorted(maps.Keys(want)) {
		if actions := found[split].Change.Actions; !slices.Equal(actions, []string{action}) {
			return unexpected("the plan for %s is %v instead of %s", split, actions, action)
		}
		planned := fmt.Sprint(found[split].Change.After["allocations"])
		if expected := fmt.Sprint(want[split]); planned != expected {
			return unexpected("the plan allocates %s for %s instead of %s", planned, split, expected)
		}
	}
	return nil
}

// expectChanges compares the actions of a saved plan with the wanted ones.
func (s demo) expectChanges(ctx context.Context, plan string, want map[string]string) error {
	found, err := s.changes(ctx, plan)
	if err != nil {
		return err
	}
	actions := make(map[string]string, len(found))
	for address, one := range found {
		actions[address] = strings.Join(one.Change.Actions, " and ")
	}
	if !maps.Equal(actions, want) {
		return unexpected("the actions of the plan are %v instead of %v", actions, want)
	}
	return nil
}

// expectNoSecret searches Terraform's files and the change log for secrets.
func (s demo) expectNoSecret(ctx context.Context) error {
	var paths []string
	for _, pattern := range []string{"*.tfstate*", "*.tfplan"} {
		found, err := filepath.Glob(filepath.Join(s.Folder, pattern))
		if err != nil || len(found) == 0 {
			return errors.Join(err, unexpected("no file matches %s", pattern))
		}
		paths = append(paths, found...)
	}
	for _, secret := range s.secrets {
		if count, err := s.countLogEntries(ctx, secret); err != nil || count > 0 {
			return errors.Join(err, unexpected("%d entries of the change log have a secret", count))
		}
		for _, path := range paths {
			if found, err := fileContains(path, secret); err != nil || found {
				return errors.Join(err, unexpected("%s has a secret", filepath.Base(path)))
			}
		}
	}
	return nil
}
