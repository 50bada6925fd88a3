package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"
)

// Environment is the variable in which [Server.Export] names a server to the
// processes below, so that all test packages share one.
const Environment = "VICIDIAL_SANDBOX"

// export is what a process needs to know of a server that another one owns.
type export struct {
	Folder   string `json:"folder"`
	Port     int    `json:"port"`
	Password string `json:"password"`
}

// Export is the value of [Environment] that names the server.
func (s *Server) Export() (string, error) {
	text, err := json.Marshal(export{Folder: s.folder, Port: s.port, Password: s.password})
	return string(text), err
}

// adopt is the server that the environment names.
func adopt(text string) (*Server, error) {
	var e export
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return nil, fmt.Errorf("sandbox: %s: %w", Environment, err)
	}
	s := &Server{folder: e.Folder, port: e.Port, password: e.Password}
	var err error
	s.root, err = open(s.RootDSN(""))
	return s, err
}

// shared is the server of this process, started by whoever needs it first.
var shared struct {
	sync.Mutex
	server *Server
	err    error
	tried  bool
}

// Shared is the server that all tests share: the one that [Environment] names,
// or else one that is started for this process and that [Main] stops. It must
// not be killed; see [Own] for that.
func Shared(tb testing.TB) *Server {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.tried {
		shared.tried = true
		if text := os.Getenv(Environment); text != "" {
			shared.server, shared.err = adopt(text)
		} else {
			shared.server, shared.err = Start(context.Background(), Options{})
		}
	}
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.server
}

// Main runs a package's tests and stops the server that they shared, if this
// process owns it. It belongs into TestMain; a package that goes without leaves
// a folder behind that the next start sweeps up. What is to be done after the
// tests can be handed over too, since Main does not return.
func Main(m *testing.M, last ...func()) {
	code := m.Run()
	for _, do := range last {
		do()
	}
	shared.Lock()
	if shared.server != nil {
		if err := shared.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// New makes a database on the shared server and drops it when the test ends.
func New(tb testing.TB, schema int) *Database {
	tb.Helper()
	return Shared(tb).Database(tb, schema)
}

// Own starts a server for one test alone, which may kill it, and stops it when
// the test ends.
func Own(tb testing.TB, options Options) *Server {
	tb.Helper()
	s, err := Start(tb.Context(), options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Database makes a database for a test and drops it when the test ends.
func (s *Server) Database(tb testing.TB, schema int) *Database {
	tb.Helper()
	d, err := s.NewDatabase(tb.Context(), schema)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Drop(); err != nil {
			tb.Logf("drop %s: %v", d.Name, err) // the test may have killed the server
		}
	})
	return d
}
