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

// Options are the options of a server. The zero value is a server as in real
// clusters: empty sql_mode, latin1, explicit_defaults_for_timestamp off
// (docs/vicidial/measured.md#sql-mode).
type Options struct {
	// TLS enables TLS with these files; see [NewCertificates].
	TLS *TLSFiles
	// SQLMode is the global sql_mode. It is empty in VICIdial.
	SQLMode string
	// ReadOnly sets read_only, which applies to the provider's user and not to
	// root.
	ReadOnly bool
	// Replica makes the server a replica of an unreachable primary. It accepts
	// writes unless ReadOnly is set too.
	//
	// A user without privileges sees (measured on 10.11): SHOW GLOBAL STATUS LIKE
	// 'Slaves_running' counts the replication connections whose threads run, here
	// 1, and 0 on a server that is no replica or whose replication was stopped.
	// Slave_running (without s) is OFF, since the primary does not answer. SHOW
	// SLAVE STATUS and SHOW ALL SLAVES STATUS are refused with error 1227 for want
	// of SLAVE MONITOR, and the threads are not in its PROCESSLIST.
	Replica bool
	// ExtraArgs are further arguments of mariadbd.
	ExtraArgs []string
	// Parent is the parent of the server's folder. The default is /dev/shm if it is
	// writable, else the folder for temporary files.
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
	process *process // nil for a server of another process
	lock    *os.File
	owned   bool
}

// Start starts a private MariaDB and waits until it is ready. It is killed when
// this process ends. The context is for the start only.
func Start(ctx context.Context, options Options) (*Server, error) {
	binary, err := findBinary(serverNames...)
	if err != nil {
		return nil, err
	}
	parent := options.Parent
	if parent == "" {
		parent = fastFolder()
	}
	removeStaleFolders(parent)
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
	// A server clears its folder of temporary tables at the start, so two must not
	// share it.
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
		if s.port, err = FreePort(); err != nil {
			return err
		}
		err = s.launch(ctx, binary)
		if err == nil || attempt == attempts || !strings.Contains(err.Error(), "Bind on TCP/IP port") {
			break // retry only if another process has taken the port
		}
	}
	if err != nil {
		return err
	}
	if s.root, err = open(s.rootDSN("")); err != nil {
		return err
	}
	if s.options.Replica {
		return s.becomeReplica(ctx)
	}
	return nil
}

// Stop stops the server and removes its folder. It does nothing for a server of
// another process.
func (s *Server) Stop() error {
	if !s.owned {
		return s.root.Close()
	}
	if s.root != nil {
		_ = s.root.Close() // the server stops anyway
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

// Kill kills mariadbd and waits for its end. The folder is kept; see
// [Server.Restart].
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

// Restart starts the server again after [Server.Kill], with the same port and data.
// MEMORY tables are empty, and MyISAM tables are repaired when they are opened.
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

// Host returns the address of the server.
func (s *Server) Host() string { return loopback }

// Port returns the TCP port of the server.
func (s *Server) Port() int { return s.port }

// Socket returns the path of the server's socket.
func (s *Server) Socket() string { return filepath.Join(s.folder, "socket") }

// Log returns the end of the server's log; "" for a server of another process and
// while it is killed.
func (s *Server) Log() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.process == nil {
		return ""
	}
	return s.process.log.String()
}

// dsn returns the data source name for a user, over TCP. The database may be empty.
func (s *Server) dsn(user, password, database string) string {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.DBName = user, password, database
	config.Net, config.Addr = "tcp", net.JoinHostPort(s.Host(), strconv.Itoa(s.port))
	return config.FormatDSN()
}

// rootDSN returns the data source name for root, over the socket. It permits
// several statements in one text.
func (s *Server) rootDSN(database string) string {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.DBName = rootUser, s.password, database
	config.Net, config.Addr = "unix", s.Socket()
	config.MultiStatements = true
	return config.FormatDSN()
}

// open returns a pool that does not log lost connections, since tests lose them on
// purpose.
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

// Root returns root's connections to the server, without a database.
func (s *Server) Root() *sql.DB { return s.root }

func (s *Server) data() string      { return filepath.Join(s.folder, "data") }
func (s *Server) temporary() string { return filepath.Join(s.folder, "tmp") }
func (s *Server) initFile() string  { return filepath.Join(s.folder, "init.sql") }
