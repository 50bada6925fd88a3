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

// schema is the version of VICIdial's database that the story plays in.
const schema = 1720

// scene is what the stages share.
type scene struct {
	*screen
	terraform           // in the configuration
	watcher   terraform // in the one beside it, which only looks
	rows
	proxies
	secrets   []string
	installed map[string]int // rows of each table before anything was declared
	views     [2]*view       // of the cluster with three nodes, and with two
}

// tell is the story, from an empty database to an empty database.
func tell(ctx context.Context, s *screen) (err error) {
	shop, err := testenv.New(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.Close()) }()

	s.stage("A throwaway MariaDB with VICIdial's tables, as installed")
	installer := s.instead("MariaDB is missing; apt installs it, which takes a moment")
	if err := sandbox.Install(ctx, installer); err != nil {
		s.say(installer.unsaid.String())
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
	s.say(fmt.Sprintf("schema %d on %s:%d; an operator has made three campaigns:", schema, database.Host, database.Port))
	s.say(tables.draw(ctx, campaigns))

	s.stage("HAProxy and nginx, to read what is written for them")
	proxies, err := findProxies(ctx, s, shop.Temporary("proxies"))
	if err != nil {
		return err
	}
	s.say(proxies.haproxy + ", " + proxies.nginx)

	s.stage("The provider, built into a local mirror")
	s.say("compiling; the first time takes a minute")
	compiler := s.instead("fetching modules")
	place, err := shop.Build(ctx, compiler)
	if err != nil {
		s.say(compiler.unsaid.String())
		return err
	}
	s.say(place)

	var secrets []string
	settings := append(testenv.Connection(database), proxies.settings()...)
	for _, name := range []string{"conf_secret", "manager_secret", "carrier_secret", "phone_password", "phone_secret"} {
		secret := rand.Text()[:20] // the columns hold no more
		secrets = append(secrets, secret)
		settings = append(settings, "TF_VAR_"+name+"="+secret)
	}
	cli, err := shop.Open("demo", os.DirFS(shop.File("examples/demo")), settings...)
	if err != nil {
		return err
	}
	watcher, err := shop.Open("look", os.DirFS(shop.File("examples/demo/look")), testenv.Connection(database)...)
	if err != nil {
		return err
	}
	folder, err := gallery()
	if err != nil {
		return err
	}
	return scene{
		screen:    s,
		terraform: terraform{cli, s},
		watcher:   terraform{watcher, s},
		rows:      tables,
		proxies:   proxies,
		secrets:   secrets,
		installed: installed,
		views: [2]*view{
			{title: "three nodes", picture: filepath.Join(folder, "cluster.svg")},
			{title: "without dial3", picture: filepath.Join(folder, "cluster-without-dial3.svg")},
		},
	}.play(ctx)
}

// play is what Terraform does, stage by stage.
func (s scene) play(ctx context.Context) error {
	for _, part := range []struct {
		title string
		play  func(context.Context) error
	}{
		{"terraform init", s.initialise},
		{"terraform plan: the numbers before anything is written", s.plan},
		{"terraform apply", s.apply},
		{"terraform plan again: nothing to do", s.nothing},
		{"Meanwhile, an operator at the admin page", s.meddle},
		{"terraform plan: finds it, and says who did it", s.find},
		{"terraform apply: puts it back", s.restore},
		{"Calls out and in: the dialplan of one node", s.calls},
		{"60 seats over three nodes, two nodes per seat", s.seats},
		{"The web tier: what both proxies say to their configuration", s.reads},
		{"What if a node died?", s.foresee},
		{"What if dial3 went? A plan with one node less", s.without},
		{"terraform apply: dial3 goes", s.leave},
		{"What if one of the two died now?", s.regret},
		{"terraform destroy", s.destroy},
		{"What was left behind", s.remains},
		{"To keep: the failover plan, and pictures of the cluster", s.keep},
	} {
		s.stage(part.title)
		if err := part.play(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s scene) initialise(ctx context.Context) error {
	text, err := s.quiet(ctx, 0, "init")
	if _, err := s.watcher.quiet(ctx, 0, "init"); err != nil {
		return err
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "- ") || strings.Contains(line, "success") {
			s.say(strings.TrimSpace(line))
		}
	}
	return err
}

// shares are what examples/demo makes of 180, 60 and 40 lines: in proportion to
// 250, 150 and 60; any two of three at least 60; and 15 at most on dial2.
var shares = map[string]map[string]int{
	"vicidial_trunk_split.sales":   {"10.10.20.11": 98, "10.10.20.12": 59, "10.10.20.13": 23},
	"vicidial_trunk_split.survey":  {"10.10.20.11": 43, "10.10.20.12": 43, "10.10.20.13": 17},
	"vicidial_trunk_split.winback": {"10.10.20.11": 25, "10.10.20.12": 15},
}

// sharesWithout are the same with dial3 gone.
var sharesWithout = map[string]map[string]int{
	"vicidial_trunk_split.sales":  {"10.10.20.11": 113, "10.10.20.12": 67},
	"vicidial_trunk_split.survey": {"10.10.20.11": 60, "10.10.20.12": 60},
}

func (s scene) plan(ctx context.Context) error {
	text, err := s.show(ctx, planChanges, "plan", "-detailed-exitcode", "-out=demo.tfplan")
	if err != nil {
		return err
	}
	if err := s.expectShares(ctx, "demo.tfplan", "create", shares); err != nil {
		return err
	}
	for _, split := range shares {
		for server, share := range split {
			if !hasShare(text, server, share) {
				return surprise("the plan does not show the %d lines of %s", share, server)
			}
		}
	}
	s.seen("the plan knows every campaign's share of every node")
	if err := s.expectNothing(ctx); err != nil {
		return err
	}
	s.seen("nothing is written yet")
	return nil
}

func (s scene) apply(ctx context.Context) error {
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

func (s scene) nothing(ctx context.Context) error {
	if _, err := s.show(ctx, planEmpty, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	s.seen("what is declared is what is there")
	return nil
}

func (s scene) meddle(ctx context.Context) error {
	said, err := s.changeByHand(ctx)
	if err != nil {
		return err
	}
	s.say(said)
	s.say(s.draw(ctx, salesTrunks))
	return nil
}

func (s scene) find(ctx context.Context) error {
	text, err := s.show(ctx, planChanges, "plan", "-detailed-exitcode", "-out=demo.tfplan")
	if err != nil {
		return err
	}
	if err := s.expectChanges(ctx, "demo.tfplan", map[string]string{"vicidial_trunk_split.sales": "update"}); err != nil {
		return err
	}
	s.seen("one split is to change, and nothing else")
	for _, word := range []string{"10.10.20.12", meddled, "59", meddler, meddlerAddress} {
		if !strings.Contains(text, word) {
			return surprise("the plan does not mention %s", word)
		}
	}
	s.seen("the plan names the node, both numbers, the user and the address")
	return nil
}

func (s scene) restore(ctx context.Context) error {
	if _, err := s.show(ctx, 0, "apply", "demo.tfplan"); err != nil {
		return err
	}
	if err := s.expect(ctx, "trunks", trunks, wantTrunks); err != nil {
		return err
	}
	if _, err := s.quiet(ctx, planEmpty, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	s.seen("a plan is empty again")
	return nil
}

// withoutDial3 declares the cluster with one node less.
const withoutDial3 = "-var-file=without-dial3.tfvars"

func (s scene) without(ctx context.Context) error {
	if _, err := s.show(ctx, planChanges, "plan", "-detailed-exitcode", withoutDial3, "-out=without.tfplan"); err != nil {
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
	s.say("The first warning is about rows of today; this plan removes them before.")
	s.seen("dial3 goes; its lines and seats move; carriers and proxies forget it")
	if err := s.expect(ctx, "", trunks, wantTrunks, "", seats, wantSeats); err != nil {
		return err
	}
	s.seen("it was only a plan: no row has changed")
	return nil
}

// leave takes dial3 out: what it had goes to the others first.
func (s scene) leave(ctx context.Context) error {
	if _, err := s.show(ctx, 0, "apply", "without.tfplan"); err != nil {
		return err
	}
	if err := s.expect(ctx, "trunks", trunks, wantTrunksWithout); err != nil {
		return err
	}
	if err := s.floor(ctx, wantSeatsWithout); err != nil {
		return err
	}
	if _, err := s.quiet(ctx, planEmpty, "plan", "-detailed-exitcode", withoutDial3); err != nil {
		return err
	}
	if count, err := s.naming(ctx, "10.10.20.13"); err != nil || count > 0 {
		return errors.Join(err, surprise("%d rows still name dial3", count))
	}
	s.seen("nothing names dial3 any more, and a plan is empty")
	return nil
}

func (s scene) destroy(ctx context.Context) error {
	if _, err := s.quiet(ctx, planChanges, "plan", "-destroy", "-detailed-exitcode", withoutDial3, "-out=destroy.tfplan"); err != nil {
		return err
	}
	_, err := s.show(ctx, 0, "apply", "destroy.tfplan")
	return err
}

func (s scene) remains(ctx context.Context) error {
	if err := s.expectNothing(ctx); err != nil {
		return err
	}
	s.seen("no server, room, trunk row, carrier, number, phone or alias is left")
	for _, file := range []string{"haproxy.cfg", "nginx.conf"} {
		if _, err := os.Stat(filepath.Join(s.folder, file)); !errors.Is(err, os.ErrNotExist) {
			return errors.Join(err, surprise("%s is still there", file))
		}
	}
	s.seen("nor a proxy's configuration")
	if err := s.expect(ctx, "", campaigns, wantCampaigns); err != nil {
		return err
	}
	s.seen("the campaigns, which are not ours, are as they were")
	if err := s.expectNoSecret(ctx); err != nil {
		return err
	}
	s.seen("neither state nor plans nor the change log hold a secret")
	return nil
}

// hasShare says whether a plan shows a server's share, however it is aligned.
func hasShare(text, server string, share int) bool {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if slices.Contains(fields, `"`+server+`"`) && fields[len(fields)-1] == fmt.Sprint(share) {
			return true
		}
	}
	return false
}

// expectShares holds the allocations of a saved plan against the shares.
func (s scene) expectShares(ctx context.Context, plan, action string, want map[string]map[string]int) error {
	found, err := s.changes(ctx, plan)
	if err != nil {
		return err
	}
	for _, split := range slices.Sorted(maps.Keys(want)) {
		if actions := found[split].Change.Actions; !slices.Equal(actions, []string{action}) {
			return surprise("the plan for %s is %v instead of %s", split, actions, action)
		}
		planned := fmt.Sprint(found[split].Change.After["allocations"])
		if expected := fmt.Sprint(want[split]); planned != expected {
			return surprise("the plan allocates %s for %s instead of %s", planned, split, expected)
		}
	}
	return nil
}

// expectChanges holds what a saved plan does against what it should do.
func (s scene) expectChanges(ctx context.Context, plan string, want map[string]string) error {
	found, err := s.changes(ctx, plan)
	if err != nil {
		return err
	}
	actions := make(map[string]string, len(found))
	for address, one := range found {
		actions[address] = strings.Join(one.Change.Actions, " and ")
	}
	if !maps.Equal(actions, want) {
		return surprise("the plan does %v instead of %v", actions, want)
	}
	return nil
}

// expectNoSecret reads every file that Terraform wrote, and the change log.
func (s scene) expectNoSecret(ctx context.Context) error {
	var paths []string
	for _, pattern := range []string{"*.tfstate*", "*.tfplan"} {
		found, err := filepath.Glob(filepath.Join(s.Folder, pattern))
		if err != nil || len(found) == 0 {
			return errors.Join(err, surprise("no file is named like %s", pattern))
		}
		paths = append(paths, found...)
	}
	for _, secret := range s.secrets {
		if count, err := s.mentions(ctx, secret); err != nil || count > 0 {
			return errors.Join(err, surprise("%d lines of the change log hold a secret", count))
		}
		for _, path := range paths {
			if held, err := holds(path, secret); err != nil || held {
				return errors.Join(err, surprise("%s holds a secret", filepath.Base(path)))
			}
		}
	}
	return nil
}
