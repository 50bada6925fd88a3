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
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

//go:embed pages
var pages embed.FS

// Node is one web node: an Apache with mod_php on a port of its own.
type Node struct {
	Name    string
	Port    int
	TLSPort int
	folder  string
	ledger  string
	db      *database
	apache  string
	process *Process
}

// Settings are what VICIdial's pages take from the database's system_settings.
type Settings struct {
	SoundsWebServer    string
	SoundsWebDirectory string
	Workers            int // MaxRequestWorkers
	CertificateFile    string
	KeyFile            string
}

// StartNode starts a node in a folder of its own under parent, and waits until
// it answers.
func StartNode(ctx context.Context, parent, name string, settings Settings) (*Node, error) {
	apache, err := Find("apache2")
	if err != nil {
		return nil, err
	}
	n := &Node{Name: name, folder: filepath.Join(parent, name), apache: apache}
	n.ledger = filepath.Join(n.folder, "ledger", "actions")
	if n.Port, err = freePort(ctx); err != nil {
		return nil, err
	}
	if n.TLSPort, err = freePort(ctx); err != nil {
		return nil, err
	}
	if n.db, err = newDatabase(ctx); err != nil {
		return nil, err
	}
	if err := n.furnish(settings); err != nil {
		return nil, fmt.Errorf("web node %s: %w", name, err)
	}
	return n, n.Start(ctx)
}

// furnish lays out the pages and Apache's configuration.
func (n *Node) furnish(settings Settings) error {
	// The workers run as another user than root and must reach all this.
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
		return put(filepath.Join(www, strings.TrimPrefix(path, "pages/")), text)
	})
	if err != nil {
		return err
	}
	// What editors and VICIdial itself leave in the web root.
	for _, name := range []string{"agc/functions.inc", "vicidial/bp.pl", "vicidial/project_auth_entries.txt", "vicidial/.htpasswd", settings.SoundsWebDirectory + "/hello.wav", "vicidial/images/logo.png", "vicidial/ploticus/" + n.Name + ".png"} {
		if err := put(filepath.Join(www, name), []byte("private or plain: "+name+"\n")); err != nil {
			return err
		}
	}
	if err := put(filepath.Join(www, "agc/sounds/long.mp3"), make([]byte, 4<<20)); err != nil {
		return err
	}
	if err := put(filepath.Join(n.folder, "settings.php"), fmt.Appendf(nil, "<?php\nconst NODE = %q;\nconst DATABASE = %q;\nconst LEDGER = %q;\nconst UPLOADS = %q;\nconst SOUNDS_WEB_SERVER = %q;\n",
		n.Name, n.db.address, n.ledger, filepath.Join(n.folder, "uploads"), settings.SoundsWebServer)); err != nil {
		return err
	}
	return n.configure(settings)
}

func put(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func (n *Node) configure(settings Settings) error {
	modules, err := filepath.Glob(phpModules)
	if err != nil || len(modules) == 0 {
		return fmt.Errorf("mod_php: %w", ErrNotInstalled)
	}
	account := ""
	if os.Geteuid() == 0 {
		account = "User www-data\nGroup www-data\n"
	}
	load := ""
	for _, module := range []string{"mpm_prefork", "authz_core", "dir", "mime", "remoteip", "setenvif", "ssl"} {
		load += "LoadModule " + module + "_module /usr/lib/apache2/modules/mod_" + module + ".so\n"
	}
	// As VICIdial's installation has it: prefork, keep-alive of 5 seconds, and
	// PHP's limits. The last lines are what the provider's apache_snippet says.
	text := fmt.Sprintf(`ServerRoot %[1]q
ServerName localhost
Listen 127.0.0.1:%[2]d
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
RemoteIPHeader X-Forwarded-For
RemoteIPInternalProxy 127.0.0.0/8
SetEnvIf X-Forwarded-Proto "^https$" HTTPS=on
UseCanonicalName Off
Listen 127.0.0.1:%[7]d
<VirtualHost 127.0.0.1:%[7]d>
    DocumentRoot %[1]s/www
    SSLEngine on
    SSLCertificateFile %[8]s
    SSLCertificateKeyFile %[9]s
</VirtualHost>
`, n.folder, n.Port, load, modules[0], account, settings.Workers, n.TLSPort, settings.CertificateFile, settings.KeyFile)
	return put(filepath.Join(n.folder, "apache.conf"), []byte(text))
}

// Start runs the node's Apache and waits until it answers.
func (n *Node) Start(ctx context.Context) error {
	command := exec.Command(n.apache, "-f", filepath.Join(n.folder, "apache.conf"), "-DFOREGROUND")
	process, err := start(command, filepath.Join(n.folder, "stdout.log"))
	if err != nil {
		return err
	}
	n.process = process
	if err := reachable(ctx, process, "127.0.0.1:"+strconv.Itoa(n.Port)); err != nil {
		text, _ := os.ReadFile(filepath.Join(n.folder, "stdout.log"))
		return fmt.Errorf("web node %s: %w\n%s", n.Name, err, text)
	}
	return nil
}

// Kill ends the node as a power cut does.
func (n *Node) Kill() error { return n.process.Kill() }

// Hang stops the node in its tracks: the kernel still takes connections.
func (n *Node) Hang() error { return n.process.SignalAll(syscall.SIGSTOP) }

// Wake lets a hanging node go on.
func (n *Node) Wake() error { return n.process.SignalAll(syscall.SIGCONT) }

// LeaveUpload puts a file where the lead loader keeps its uploads, as an earlier
// upload does.
func (n *Node) LeaveUpload(name string, text []byte) error {
	return put(filepath.Join(n.folder, "uploads", name), text)
}

// SetWork says how long an action takes from now on.
func (n *Node) SetWork(length time.Duration) error {
	return put(filepath.Join(n.folder, "ledger", "work"), []byte(strconv.FormatInt(length.Microseconds(), 10)))
}

// LoseDatabase takes the node's database away; its pages then answer with the
// given status, as VICIdial's do by PHP's version and settings.
func (n *Node) LoseDatabase(status int) error {
	if err := put(filepath.Join(n.folder, "ledger", "status"), []byte(strconv.Itoa(status))); err != nil {
		return err
	}
	return n.db.Take()
}

// GiveDatabase brings the node's database back.
func (n *Node) GiveDatabase(ctx context.Context) error { return n.db.Give(ctx) }

// Actions are the actions that the node has carried out, by their numbers, in
// order; one that ran twice is in it twice.
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

// freePort is a port that nobody listens on now.
func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("no port in %s", listener.Addr())
	}
	return address.Port, nil
}

// reachable waits until somebody listens, as long as the process lives.
func reachable(ctx context.Context, process *Process, address string) error {
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
