package webstack

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

//go:embed pages
var pages embed.FS

// Node is one web node: an Apache with mod_php on a port of its own.
type Node struct {
	Name    string
	Address string
	Port    int
	TLSPort int
	folder  string
	ledger  string
	db      *database
	apache  string
	process *process
	cable   *cable // nil on the loopback interface
}

// Settings are the system_settings of the pages.
type Settings struct {
	SoundsWebServer    string
	SoundsWebDirectory string
	Workers            int // MaxRequestWorkers
	CertificateFile    string
	KeyFile            string
	Snippet            string // of Apache's configuration, from the provider
	DrainFile          string // the file of the snippet that drains a node, which is in the node's folder here
}

// StartNode starts a node in its own folder under parent, and waits until it
// responds. With a network, which may be nil, it is a machine of its own there.
func StartNode(ctx context.Context, parent, name string, settings Settings, network *Network) (*Node, error) {
	apache, err := Find("apache2")
	if err != nil {
		return nil, err
	}
	n := &Node{Name: name, Address: "127.0.0.1", folder: filepath.Join(parent, name), apache: apache}
	n.ledger = filepath.Join(n.folder, "ledger", "actions")
	if n.Port, err = sandbox.FreePort(); err != nil {
		return nil, err
	}
	if n.TLSPort, err = sandbox.FreePort(); err != nil {
		return nil, err
	}
	database := "127.0.0.1"
	if network != nil {
		if n.cable, err = network.connect(ctx); err != nil {
			return nil, fmt.Errorf("web node %s: %w", name, err)
		}
		n.Address, database = n.cable.address, Gateway
	}
	if n.db, err = newDatabase(ctx, database); err != nil {
		return nil, err
	}
	if err := n.writeFiles(settings); err != nil {
		return nil, fmt.Errorf("web node %s: %w", name, err)
	}
	return n, n.Start(ctx)
}

// writeFiles writes the pages and the configuration of Apache.
func (n *Node) writeFiles(settings Settings) error {
	// The workers run as another user and must be able to read these files.
	for _, folder := range []string{"", "www", "ledger", "uploads", "run"} {
		path := filepath.Join(n.folder, folder)
		if err := errors.Join(os.MkdirAll(path, 0o755), os.Chmod(path, 0o755)); err != nil {
			return err
		}
	}
	for _, folder := range []string{"ledger", "uploads"} {
		if err := os.Chmod(filepath.Join(n.folder, folder), 0o777); err != nil {
			return err
		}
	}
	www := filepath.Join(n.folder, "www")
	err := fs.WalkDir(pages, "pages", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := pages.ReadFile(path)
		if err != nil {
			return err
		}
		return writeFile(filepath.Join(www, strings.TrimPrefix(path, "pages/")), text)
	})
	if err != nil {
		return err
	}
	// Files that editors and VICIdial leave in the web root.
	for _, name := range []string{"agc/functions.inc", "vicidial/bp.pl", "vicidial/project_auth_entries.txt", "vicidial/.htpasswd", settings.SoundsWebDirectory + "/hello.wav", "vicidial/images/logo.png", "vicidial/ploticus/" + n.Name + ".png"} {
		if err := writeFile(filepath.Join(www, name), []byte("private or plain: "+name+"\n")); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join(www, "agc/sounds/long.mp3"), make([]byte, 4<<20)); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(n.folder, "settings.php"), fmt.Appendf(nil, "<?php\nconst NODE = %q;\nconst DATABASE = %q;\nconst LEDGER = %q;\nconst UPLOADS = %q;\nconst SOUNDS_WEB_SERVER = %q;\n",
		n.Name, n.db.address, n.ledger, filepath.Join(n.folder, "uploads"), settings.SoundsWebServer)); err != nil {
		return err
	}
	return n.configure(settings)
}

func writeFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func (n *Node) configure(settings Settings) error {
	modules, err := filepath.Glob(phpModules)
	if err != nil || len(modules) == 0 {
		return fmt.Errorf("mod_php: %w", errNotInstalled)
	}
	account := ""
	if os.Geteuid() == 0 {
		account = "User www-data\nGroup www-data\n"
	}
	load := ""
	for _, module := range []string{"mpm_prefork", "authz_core", "dir", "mime", "remoteip", "setenvif", "ssl", "alias"} {
		load += "LoadModule " + module + "_module /usr/lib/apache2/modules/mod_" + module + ".so\n"
	}
	// As in VICIdial's installation: prefork, keep-alive of 5 seconds, and PHP's
	// limits. Then comes the provider's apache_snippet.
	text := fmt.Sprintf(`ServerRoot %[1]q
ServerName localhost
Listen %[11]s:%[2]d
PidFile %[1]s/run/apache.pid
Mutex pthread
ErrorLog %[1]s/error.log
%[3]sLoadModule php_module %[4]s
%[5]sDocumentRoot %[1]s/www
DirectoryIndex index.php
TypesConfig /etc/mime.types
StartServers 8
MinSpareServers 4
MaxSpareServers 16
ServerLimit %[6]d
MaxRequestWorkers %[6]d
KeepAlive On
KeepAliveTimeout 5
MaxKeepAliveRequests 1000
<FilesMatch "\.php$">
    SetHandler application/x-httpd-php
</FilesMatch>
<Directory %[1]s/www>
    Require all granted
</Directory>
php_admin_value auto_prepend_file %[1]s/settings.php
php_admin_value post_max_size 48M
php_admin_value upload_max_filesize 42M
php_admin_value max_execution_time 330
php_admin_value display_errors On
%[10]sListen %[11]s:%[7]d
<VirtualHost %[11]s:%[7]d>
    ServerName localhost
    DocumentRoot %[1]s/www
    SSLEngine on
    SSLCertificateFile %[8]s
    SSLCertificateKeyFile %[9]s
</VirtualHost>
`, n.folder, n.Port, load, modules[0], account, settings.Workers, n.TLSPort, settings.CertificateFile, settings.KeyFile,
		strings.ReplaceAll(settings.Snippet, settings.DrainFile, n.drainFile()), n.Address)
	return writeFile(filepath.Join(n.folder, "apache.conf"), []byte(text))
}

// Start starts the node's Apache and waits until it responds.
func (n *Node) Start(ctx context.Context) error {
	command := n.cable.command(n.apache, "-f", filepath.Join(n.folder, "apache.conf"), "-DFOREGROUND")
	process, err := start(command, filepath.Join(n.folder, "stdout.log"))
	if err != nil {
		return err
	}
	n.process = process
	if err := waitReachable(ctx, process, net.JoinHostPort(n.Address, strconv.Itoa(n.Port))); err != nil {
		text, _ := os.ReadFile(filepath.Join(n.folder, "stdout.log"))
		return fmt.Errorf("web node %s: %w\n%s", n.Name, err, text)
	}
	return nil
}

// Kill kills the node, as a power failure does.
func (n *Node) Kill() error { return n.process.kill() }

// Cut makes the network drop everything from and to the node, as a switch that
// fails does; Join ends that. The node must have been started with a network.
func (n *Node) Cut(ctx context.Context) error { return n.cable.set(ctx, "down") }

// Join connects a node that was cut off.
func (n *Node) Join(ctx context.Context) error { return n.cable.set(ctx, "up") }

// LimitBandwidth makes the network drop packets to the node that come faster than they may,
// and UnlimitBandwidth ends that and returns the part of the packets that were lost.
func (n *Node) LimitBandwidth(ctx context.Context) error { return n.cable.limitBandwidth(ctx) }

// UnlimitBandwidth ends it.
func (n *Node) UnlimitBandwidth(ctx context.Context) (lost float64, err error) {
	return n.cable.unlimitBandwidth(ctx)
}

// Hang suspends the node. The kernel still accepts connections.
func (n *Node) Hang() error { return n.process.signalAll(syscall.SIGSTOP) }

// Wake resumes a suspended node.
func (n *Node) Wake() error { return n.process.signalAll(syscall.SIGCONT) }

// LeaveUpload writes a file into the folder of the lead loader, as an earlier
// upload does.
func (n *Node) LeaveUpload(name string, text []byte) error {
	return writeFile(filepath.Join(n.folder, "uploads", name), text)
}

// Drain drains the node as an operator does on it, and Undrain ends that.
func (n *Node) Drain() error { return writeFile(n.drainFile(), nil) }

// Undrain returns a drained node to work.
func (n *Node) Undrain() error { return os.Remove(n.drainFile()) }

func (n *Node) drainFile() string { return filepath.Join(n.folder, "run", "drain") }

// SetWork sets the duration of an action.
func (n *Node) SetWork(length time.Duration) error {
	return writeFile(filepath.Join(n.folder, "ledger", "work"), []byte(strconv.FormatInt(length.Microseconds(), 10)))
}

// LoseDatabase disconnects the node's database. Its pages then respond with the
// given status, which in VICIdial depends on the version and settings of PHP.
func (n *Node) LoseDatabase(status int) error {
	if err := writeFile(filepath.Join(n.folder, "ledger", "status"), []byte(strconv.Itoa(status))); err != nil {
		return err
	}
	return n.db.stop()
}

// RestoreDatabase connects the node's database again.
func (n *Node) RestoreDatabase(ctx context.Context) error { return n.db.start(ctx) }

// Actions returns the ids of the actions that the node has executed, in order. One
// that ran twice is there twice.
func (n *Node) Actions() ([]string, error) {
	file, err := os.Open(n.ledger)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var actions []string
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		actions = append(actions, scanner.Text())
	}
	return actions, scanner.Err()
}

// waitReachable waits until the address accepts connections or the process ends.
func waitReachable(ctx context.Context, process *process, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		dialer := net.Dialer{Timeout: time.Second}
		if connection, err := dialer.DialContext(ctx, "tcp", address); err == nil {
			return connection.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", address, ctx.Err())
		case <-process.Ended():
			return fmt.Errorf("%s: the process ended", address)
		case <-ticker.C:
		}
	}
}
