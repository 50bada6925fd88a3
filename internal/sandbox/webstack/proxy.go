package webstack

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Proxy is a running HAProxy or nginx.
type Proxy struct {
	Folder  string // its configuration and logs
	kind    string
	process *process
}

// StartProxy starts "haproxy" or "nginx" with a configuration, and waits until it
// listens on the address.
func StartProxy(ctx context.Context, kind, folder string, text []byte, address string) (*Proxy, error) {
	binary, err := Find(kind)
	if err != nil {
		return nil, err
	}
	p := &Proxy{Folder: folder, kind: kind}
	if err := p.Rewrite(text); err != nil {
		return nil, err
	}
	command := exec.Command(binary, "-W", "-f", p.file(), "-p", filepath.Join(folder, "proxy.pid"))
	if kind == "nginx" {
		command = exec.Command(binary, "-p", folder, "-c", p.file(), "-g", "daemon off;")
	}
	if p.process, err = start(command, filepath.Join(folder, "stdout.log")); err != nil {
		return nil, err
	}
	if err := waitReachable(ctx, p.process, address); err != nil {
		output, _ := os.ReadFile(filepath.Join(folder, "stdout.log"))
		return nil, fmt.Errorf("%s: %w\n%s", kind, err, output)
	}
	return p, nil
}

func (p *Proxy) file() string { return filepath.Join(p.Folder, "proxy.conf") }

// Rewrite writes the configuration, without a reload.
func (p *Proxy) Rewrite(text []byte) error { return os.WriteFile(p.file(), text, 0o600) }

// Reload reloads the configuration, as systemctl reload does, and waits for a
// process that uses it.
func (p *Proxy) Reload(ctx context.Context) error {
	signal := syscall.SIGUSR2
	if p.kind == "nginx" {
		signal = syscall.SIGHUP
	}
	before, err := p.process.children()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second) // a busy machine is slow
	defer cancel()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for asked := (time.Time{}); ; {
		// HAProxy ignores a signal that arrives while it handles another one.
		if time.Since(asked) > 4*time.Second {
			if err := p.process.signal(signal); err != nil {
				return err
			}
			asked = time.Now()
		}
		now, err := p.process.children()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(now, func(child int) bool { return !slices.Contains(before, child) }) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not reload: %w", p.kind, ctx.Err())
		case <-ticker.C:
		}
	}
}

// Kill ends the proxy.
func (p *Proxy) Kill() error { return p.process.kill() }

// Command sends a command to HAProxy's control socket and returns the response.
func (p *Proxy) Command(ctx context.Context, socket, command string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	connection, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return "", err
	}
	defer func() { _ = connection.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := connection.SetDeadline(deadline); err != nil {
			return "", err
		}
	}
	if _, err := io.WriteString(connection, command+"\n"); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(connection)
	return string(answer), err
}

// Server is HAProxy's state of a server.
type Server struct {
	Status string // "UP", "UP 1/2", "DOWN" or "DRAIN"
	Weight int    // grows during slow start
}

// Server returns HAProxy's state of a server.
func (p *Proxy) Server(ctx context.Context, socket, backend, name string) (Server, error) {
	answer, err := p.Command(ctx, socket, "show stat")
	if err != nil {
		return Server{}, err
	}
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(strings.TrimSpace(answer), "# ")))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil || len(rows) == 0 {
		return Server{}, errors.Join(err, errors.New("no statistics"))
	}
	status, weight := slices.Index(rows[0], "status"), slices.Index(rows[0], "weight")
	for _, row := range rows[1:] {
		if min(status, weight) >= 0 && len(row) > max(status, weight) && row[0] == backend && row[1] == name {
			now, err := strconv.Atoi(row[weight])
			return Server{Status: row[status], Weight: now}, err
		}
	}
	return Server{}, fmt.Errorf("no server %s/%s", backend, name)
}

// Stop terminates the proxy, so that it flushes its logs, and kills it after a
// timeout.
func (p *Proxy) Stop() error {
	if err := p.process.signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.process.Ended():
		return nil
	case <-time.After(5 * time.Second):
		return p.Kill()
	}
}

// Logs returns the log files in the proxy's folder by name.
func (p *Proxy) Logs() (map[string]string, error) {
	logs := map[string]string{}
	files, err := filepath.Glob(filepath.Join(p.Folder, "*.log"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		logs[filepath.Base(file)] = string(text)
	}
	return logs, nil
}
