package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing/fstest"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

// sizes are the sizes of a site. Its inbound numbers are one object, or one each.
type sizes struct {
	name                                            string
	nodes, rooms, campaigns, routes, seats, numbers int
	single                                          bool
	bound                                           float64 // of each command, times what as many terraform_data take
}

func (s sizes) objects() int {
	if s.single {
		return s.nodes + s.campaigns + s.routes + 1 + s.numbers
	}
	return s.nodes + s.campaigns + s.routes + 1 + 1
}

// The bounds of the sites: of one whose numbers are in bulk, and of single DIDs.
const (
	siteBound   = 1.5
	singleBound = 2.0
)

// largeSite is a site of forty telephony nodes, or a part of it.
func largeSite(scale float64) sizes {
	part := func(n int) int { return max(1, int(float64(n)*scale)) }
	return sizes{"large site", max(3, part(40)), 300, part(40), part(60), part(5000), part(2000), false, siteBound}
}

// smallSite is a site of three nodes. It has no bound, since the start of the provider
// and the first connection take longer than its few objects.
func smallSite() sizes { return sizes{"small site", 3, 60, 4, 4, 100, 20, true, 0} }

// singleDIDs is a site with many DIDs, each an object, and little else.
func singleDIDs(scale float64) sizes {
	return sizes{fmt.Sprintf("%d DIDs", max(1, int(800*scale))), 3, 1, 1, 1, 1, max(1, int(800*scale)), true, singleBound}
}

// Terraform's range yields at most 1,024 values.
const siteLocals = `
locals {
  nodes     = { for i in range(%[1]d) : format("dial%%d", i) => format("10.20.%%d.%%d", floor(i / 200), i %% 200 + 1) }
  campaigns = [for i in range(%[2]d) : format("C%%d", i)]
  routes    = [for i in range(%[3]d) : format("R%%d", i)]
  numbers   = [for pair in setproduct(range(ceil(%[4]d / 100)), range(100)) : format("%%d", 5550000000 + pair[0] * 100 + pair[1]) if pair[0] * 100 + pair[1] < %[4]d]
}
`

const bulkNumbers = `
resource "vicidial_inbound_numbers" "numbers" {
  name            = "bench"
  dids            = local.numbers
  did_description = "bench"
  did_route       = "EXTEN"
  extension       = "8304"
  exten_context   = "default"
}
`

const singleNumbers = `
resource "vicidial_inbound_did" "number" {
  for_each        = toset(local.numbers)
  did_pattern     = each.key
  did_description = "bench"
  did_route       = "EXTEN"
  extension       = "8304"
  exten_context   = "default"
}
`

func siteOf(s sizes) fstest.MapFS {
	numbers := bulkNumbers
	if s.single {
		numbers = singleNumbers
	}
	return configuration(fmt.Sprintf(`
terraform {
  required_providers {
    vicidial = { source = "vicidial/vicidial" }
  }
}
`+siteLocals+`
resource "vicidial_server" "dial" {
  for_each            = local.nodes
  server_id           = each.key
  server_ip           = each.value
  active              = true
  max_vicidial_trunks = 5000
  conference          = { engine = "CONFBRIDGE", rooms = %[5]d }
}

resource "vicidial_trunk_split" "campaign" {
  for_each    = toset(local.campaigns)
  campaign_id = each.key
  total       = 400
  servers     = { for node in vicidial_server.dial : node.server_ip => { weight = 1 } }
}

resource "vicidial_carrier_route" "route" {
  for_each      = toset(local.routes)
  name          = each.key
  servers       = [for node in vicidial_server.dial : node.server_ip]
  protocol      = "SIP"
  account_entry = "[${each.key}]\ntype=peer\nhost=sip.example.com\nsecret={secret:trunk}\n"
  dial          = { prefix = format("9%%03d", index(local.routes, each.key)) }

  secrets_wo         = { trunk = "bench3" }
  secrets_wo_version = 1
}

resource "vicidial_agent_placement" "floor" {
  name           = "floor"
  seats          = ["20000-%[6]d"]
  nodes_per_seat = 2
  servers        = { for id, node in vicidial_server.dial : node.server_ip => { suffix = substr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", tonumber(trimprefix(id, "dial")), 1) } }
  phone = {
    protocol               = "SIP"
    pass_wo                = "bench1"
    pass_wo_version        = 1
    conf_secret_wo         = "bench2"
    conf_secret_wo_version = 1
  }
}
`+numbers, s.nodes, s.campaigns, s.routes, s.numbers, s.rooms, 20000+s.seats-1))
}

// siteOfData declares as many objects of Terraform's own, with the same references.
func siteOfData(s sizes) fstest.MapFS {
	numbers := `
resource "terraform_data" "numbers" {
  input = { for number in local.numbers : number => { did_route = "EXTEN", extension = "8304" } }
}
`
	if s.single {
		numbers = `
resource "terraform_data" "number" {
  for_each = toset(local.numbers)
  input    = { did_pattern = each.key, did_description = "bench", did_route = "EXTEN", extension = "8304", exten_context = "default" }
}
`
	}
	return configuration(fmt.Sprintf(siteLocals+`
resource "terraform_data" "dial" {
  for_each = local.nodes
  input    = { server_id = each.key, server_ip = each.value, active = true, max_vicidial_trunks = 5000 }
}

resource "terraform_data" "campaign" {
  for_each = toset(local.campaigns)
  input    = { campaign_id = each.key, total = 400, servers = { for node in terraform_data.dial : node.input.server_ip => { weight = 1 } } }
}

resource "terraform_data" "route" {
  for_each = toset(local.routes)
  input    = { name = each.key, servers = [for node in terraform_data.dial : node.input.server_ip], protocol = "SIP" }
}

resource "terraform_data" "floor" {
  input = { seats = ["20000"], servers = [for node in terraform_data.dial : node.input.server_ip] }
}
`+numbers, s.nodes, s.campaigns, s.routes, s.numbers))
}

// site measures a site beside as many built-in objects, in turns: create, plan
// without a change, destroy.
func site(ctx context.Context, out io.Writer, env *testenv.Environment, server *sandbox.Server, s sizes, rounds int, report *report) error {
	ours, err := open(ctx, env, server, s.name, siteOf(s), s.campaigns)
	if err != nil {
		return err
	}
	theirs, err := open(ctx, env, server, s.name+" of terraform_data", siteOfData(s), 1)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d objects\n", s.name, s.objects())
	times := map[string]*pair{"apply": {}, "plan": {}, "destroy": {}}
	statements := map[string]int{}
	take := func(what string, args ...string) error {
		for _, t := range []*target{ours, theirs} {
			before, err := t.statements(ctx)
			if err != nil {
				return err
			}
			outcome, err := t.must(ctx, append(args, "-no-color")...)
			if err != nil {
				return err
			}
			after, err := t.statements(ctx)
			if err != nil {
				return err
			}
			if t == ours {
				statements[what] = after - before
				times[what].ours = append(times[what].ours, outcome.Took)
			} else {
				times[what].baseline = append(times[what].baseline, outcome.Took)
			}
		}
		now := times[what]
		fmt.Fprintf(out, "  %-8s %8.2f s %8.2f s\n", what, now.ours[len(now.ours)-1].Seconds(), now.baseline[len(now.baseline)-1].Seconds())
		return nil
	}
	for range rounds {
		if err := take("apply", "apply", "-auto-approve"); err != nil {
			return err
		}
		for range rounds {
			if err := take("plan", "plan", "-detailed-exitcode"); err != nil {
				return err
			}
		}
		if err := take("destroy", "destroy", "-auto-approve"); err != nil {
			return err
		}
	}
	for what, measured := range times {
		report.add(s.name+": "+what, *measured, s.bound)
		report.count(s.name+": statements to "+what, statements[what])
	}
	return nil
}

// trips measures how often a command waits for the database: the additional time over a
// connection with a delay, divided by the delay.
func trips(ctx context.Context, out io.Writer, env *testenv.Environment, server *sandbox.Server, s sizes, rounds int, report *report) error {
	const delay = 50 * time.Millisecond
	near, err := open(ctx, env, server, s.name+" near", siteOf(s), s.campaigns)
	if err != nil {
		return err
	}
	line, err := listen(near.database.Host, near.database.Port, delay)
	if err != nil {
		return err
	}
	defer line.close()
	database := *near.database
	database.Host, database.Port = "127.0.0.1", line.port()
	cli, err := env.Open(s.name+" far", siteOf(s), testenv.Connection(&database)...)
	if err != nil {
		return err
	}
	far := &target{Terraform: cli, server: server, database: near.database}
	if _, err := far.must(ctx, "init", "-no-color"); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s over a line with a delay of %s\n", s.name, delay)
	took := map[string]*pair{"apply": {}, "plan": {}, "destroy": {}}
	for range rounds {
		for _, t := range []*target{near, far} {
			for _, command := range [][]string{{"apply", "-auto-approve"}, {"plan", "-detailed-exitcode"}, {"destroy", "-auto-approve"}} {
				outcome, err := t.must(ctx, append(command, "-no-color")...)
				if err != nil {
					return err
				}
				if times := took[command[0]]; t == near {
					times.baseline = append(times.baseline, outcome.Took)
				} else {
					times.ours = append(times.ours, outcome.Took)
				}
			}
		}
	}
	for command, times := range took {
		report.count(s.name+": round trips to "+command, int((median(times.ours)-median(times.baseline))/delay))
	}
	return nil
}

// relay is a connection to the database with a delay.
type relay struct {
	listener net.Listener
	target   string
	delay    time.Duration
}

func listen(host string, port int, delay time.Duration) (*relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{listener, net.JoinHostPort(host, fmt.Sprint(port)), delay}
	go r.accept()
	return r, nil
}

func (r *relay) close() { _ = r.listener.Close() }

func (r *relay) port() int {
	_, port, _ := strings.Cut(r.listener.Addr().String(), ":")
	number := 0
	_, _ = fmt.Sscan(port, &number)
	return number
}

func (r *relay) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		go r.connect(client)
	}
}

func (r *relay) connect(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", r.target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	buffer := make([]byte, 1<<20)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		time.Sleep(r.delay)
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}
