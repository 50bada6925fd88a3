package webstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Gateway is this process's address on a [Network].
const Gateway = "10.255.255.1"

const bridge = "br0"

// Network is a switch in this process's network namespace, to which nodes are
// connected that have a namespace each.
type Network struct{ cables []*cable }

// cable connects a node to the network. The node's namespace lasts as long as its
// process, which does nothing else.
type cable struct {
	address string
	port    string // of the switch
	holder  *process
}

// NewNetwork makes the switch, for which [HasNamespace] must be true.
func NewNetwork(ctx context.Context) (*Network, error) {
	return &Network{}, errors.Join(
		ip(ctx, "link", "set", "lo", "up"),
		ip(ctx, "link", "add", bridge, "type", "bridge"),
		ip(ctx, "address", "add", Gateway+"/24", "dev", bridge),
		ip(ctx, "link", "set", bridge, "up"))
}

// Close ends the nodes' namespaces and the switch.
func (n *Network) Close(ctx context.Context) error {
	var all []error
	for _, cable := range n.cables {
		all = append(all, cable.holder.kill())
	}
	return errors.Join(append(all, ip(ctx, "link", "delete", bridge))...)
}

// connect makes a namespace with an address on the network.
func (n *Network) connect(ctx context.Context) (*cable, error) {
	command := exec.Command("sleep", "infinity")
	command.SysProcAttr = inNewNamespace()
	holder, err := start(command, "/dev/null")
	if err != nil {
		return nil, err
	}
	number := len(n.cables) + 11
	c := &cable{address: "10.255.255." + strconv.Itoa(number), port: "node" + strconv.Itoa(number), holder: holder}
	n.cables = append(n.cables, c)
	inside := func(arguments ...string) error { return run(c.command("ip", arguments...)) }
	return c, errors.Join(
		ip(ctx, "link", "add", c.port, "type", "veth", "peer", "name", "eth0", "netns", strconv.Itoa(holder.command.Process.Pid)),
		ip(ctx, "link", "set", c.port, "master", bridge, "up"),
		inside("link", "set", "lo", "up"),
		inside("address", "add", c.address+"/24", "dev", "eth0"),
		inside("link", "set", "eth0", "up"))
}

// command is a command that runs at the node's end of the cable.
func (c *cable) command(name string, arguments ...string) *exec.Cmd {
	if c == nil {
		return exec.Command(name, arguments...)
	}
	enter := []string{"--target", strconv.Itoa(c.holder.command.Process.Pid), "--net", "--", name}
	return exec.Command("nsenter", append(enter, arguments...)...)
}

func (c *cable) set(ctx context.Context, state string) error {
	return ip(ctx, "link", "set", c.port, state)
}

// limitBandwidth drops what exceeds a rate, since not every kernel can drop at random.
func (c *cable) limitBandwidth(ctx context.Context) error {
	return run(exec.CommandContext(ctx, "tc", "qdisc", "replace", "dev", c.port, "root", "tbf", "rate", "300kbit", "burst", "1800", "limit", "1800"))
}

var counted = regexp.MustCompile(`Sent \d+ bytes (\d+) pkt \(dropped (\d+)`)

func (c *cable) unlimitBandwidth(ctx context.Context) (lost float64, err error) {
	text, err := exec.CommandContext(ctx, "tc", "-s", "qdisc", "show", "dev", c.port).Output()
	if err != nil {
		return 0, err
	}
	found := counted.FindSubmatch(text)
	if found == nil {
		return 0, fmt.Errorf("no count of packets in %q", text)
	}
	sent, err1 := strconv.ParseFloat(string(found[1]), 64)
	dropped, err2 := strconv.ParseFloat(string(found[2]), 64)
	return dropped / max(1, sent+dropped), errors.Join(err1, err2, run(exec.CommandContext(ctx, "tc", "qdisc", "delete", "dev", c.port, "root")))
}

func ip(ctx context.Context, arguments ...string) error {
	return run(exec.CommandContext(ctx, "ip", arguments...))
}

func run(command *exec.Cmd) error {
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(command.Args, " "), err, output)
	}
	return nil
}

// HasNamespace reports whether this process has a network namespace of its own, in
// which nothing has an address yet.
func HasNamespace() bool {
	addresses, err := net.InterfaceAddrs()
	return err == nil && len(addresses) == 0
}

// CanHaveNamespace reports whether a child of this process can have a network
// namespace of its own, for which it must be root on Linux.
func CanHaveNamespace(ctx context.Context) bool {
	probe := exec.CommandContext(ctx, "true")
	probe.SysProcAttr = inNewNamespace()
	return runtime.GOOS == "linux" && os.Geteuid() == 0 && probe.Run() == nil
}

// InNamespace runs this program again, with the same arguments, in a network namespace
// of its own.
func InNamespace(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	again := exec.CommandContext(ctx, self, os.Args[1:]...)
	again.Stdout, again.Stderr = os.Stdout, os.Stderr
	again.SysProcAttr = inNewNamespace()
	again.Cancel = func() error { return again.Process.Signal(syscall.SIGTERM) }
	return again.Run()
}
