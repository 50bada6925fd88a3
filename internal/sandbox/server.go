package sandbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/go-sql-driver/mysql"
)

const (
	folderPrefix = "vicidial-sandbox-"
	rootUser     = "root"
	loopback     = "127.0.0.1"
	readyText    = "ready for connections"
)

// Options shape a server. The zero value is a server as real clusters have it:
// empty sql_mode, latin1, timestamps the old way (docs/vicidial/measured.md#sql-mode).
type Options struct {
	// TLS makes the server offer TLS with these files; see [NewCertificates].
	TLS *TLSFiles
	// SQLMode is the global sql_mode; empty is VICIdial's.
	SQLMode string
	// ReadOnly sets read_only: root still writes, the provider's user does not.
	ReadOnly bool
	// Replica makes the server look like a replica whose primary cannot be
	// reached. It takes writes unless it is ReadOnly too.
	//
	// What a user without privileges sees of it (measured on 10.11):
	// SHOW GLOBAL STATUS LIKE 'Slaves_running' counts the replication
	// connections whose threads run, here 1, and 0 on a server that is no
	// replica or whose replication was stopped. Slave_running (without s) is
	// OFF, since the primary does not answer. SHOW SLAVE STATUS and
	// SHOW ALL SLAVES STATUS are refused with error 1227 for want of
	// SLAVE MONITOR, and the threads are not in its PROCESSLIST.
	Replica bool
	// ExtraArgs are handed to mariadbd as they are, after all others.
	ExtraArgs []string
	// Parent is the folder in which the server's own folder is made; default
	// is /dev/shm where that can be written, else the system's.
	Parent string
}

// Server is a private MariaDB on a loopback port and a socket.
type Server struct {
	folder   string
	port     int
	password string
	options  Options
	root     *sql.DB

	mutex   sync.Mutex
	process *process // nil for a server that another process owns
	lock    *os.File
	owned   bool
}

// Start runs a private MariaDB. It is ready when Start returns, and dies with
// this process, however that ends. The context bounds the start only.
func Start(ctx context.Context, options Options) (*Server, error) {
	binary, err := findBinary(serverNames...)
	if err != nil {
		return nil, err
	}
	parent := options.Parent
	if parent == "" {
		parent = fastFolder()
	}
	sweep(parent)
	folder, err := os.MkdirTemp(parent, folderPrefix)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Server{folder: folder, options: options, password: rand.Text(), owned: true}
	if err := s.start(ctx, binary); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, binary string) error {
	lock, err := lockFolder(s.folder)
	if err != nil {
		return fmt.Errorf("sandbox: lock %s: %w", s.folder, err)
	}
	s.lock = lock
	// A server that starts clears its folder for temporary tables, so two must
	// not share one.
	if err := os.Mkdir(s.temporary(), 0o700); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	if err := s.install(ctx); err != nil {
		return err
	}
	if err := s.writeInit(); err != nil {
		return err
	}
	const attempts = 5
	for attempt := 1; ; attempt++ {
		if s.port, err = freePort(); err != nil {
			return err
		}
		err = s.launch(ctx, binary)
		if err == nil || attempt == attempts || !strings.Contains(err.Error(), "Bind on TCP/IP port") {
			break // only a port that somebody else took meanwhile is worth another try
		}
	}
	if err != nil {
		return err
	}
	if s.root, err = open(s.RootDSN("")); err != nil {
		return err
	}
	if s.options.Replica {
		return s.becomeReplica(ctx)
	}
	return nil
}

// Stop ends the server and removes its folder. A server that another process
// owns is left alone.
func (s *Server) Stop() error {
	if !s.owned {
		return s.root.Close()
	}
	if s.root != nil {
		_ = s.root.Close() // the server goes anyway
	}
	if err := s.Kill(); err != nil {
		return err
	}
	if err := os.RemoveAll(s.folder); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	if s.lock != nil {
		_ = s.lock.Close() // the file is gone with its folder
	}
	return nil
}

// Kill ends mariadbd as kill -9 does, and waits until it is gone. The folder
// stays; see [Server.Restart].
func (s *Server) Kill() error {
	if !s.owned {
		return errors.New("sandbox: this server belongs to another process: start one to kill it")
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.process != nil {
		s.process.kill()
		s.process = nil
	}
	return nil
}

// Restart starts the server again after [Server.Kill], on the same port and
// over the same data. MEMORY tables are empty then, as after any restart, and
// MyISAM tables mend themselves when they are opened.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Kill(); err != nil {
		return err
	}
	binary, err := findBinary(serverNames...)
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.launch(ctx, binary)
}

// Host is the address that the server listens on.
func (s *Server) Host() string { return loopback }

// Port is the TCP port that the server listens on.
func (s *Server) Port() int { return s.port }

// Socket is the path of the server's socket.
func (s *Server) Socket() string { return filepath.Join(s.folder, "socket") }

// Log is what the server last wrote to its log; empty when another process
// owns it or while it is killed.
func (s *Server) Log() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.process == nil {
		return ""
	}
	return s.process.log.String()
}

// DSN is what the Go driver needs to connect as a user, over TCP. The database
// may be empty.
func (s *Server) DSN(user, password, database string) string {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.DBName = user, password, database
	config.Net, config.Addr = "tcp", net.JoinHostPort(s.Host(), strconv.Itoa(s.port))
	return config.FormatDSN()
}

// RootDSN is what the Go driver needs to connect as root, who may do
// everything, over the socket. Several statements may stand in one text.
func (s *Server) RootDSN(database string) string {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.DBName = rootUser, s.password, database
	config.Net, config.Addr = "unix", s.Socket()
	config.MultiStatements = true
	return config.FormatDSN()
}

// open makes a pool of connections that does not write of lost connections
// to the tests' output: here they are lost on purpose.
func open(dsn string) (*sql.DB, error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	config.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return sql.OpenDB(connector), nil
}

// Root is root's access to the server, for what concerns no single database.
func (s *Server) Root() *sql.DB { return s.root }

func (s *Server) data() string      { return filepath.Join(s.folder, "data") }
func (s *Server) temporary() string { return filepath.Join(s.folder, "tmp") }
func (s *Server) initFile() string  { return filepath.Join(s.folder, "init.sql") }
