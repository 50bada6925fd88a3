package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"
)

// Environment is the variable in which [Server.Export] passes a server to child
// processes, so that all test packages share it.
const Environment = "VICIDIAL_SANDBOX"

// export describes a server to another process.
type export struct {
	Folder   string `json:"folder"`
	Port     int    `json:"port"`
	Password string `json:"password"`
}

// Export returns the value of [Environment] for the server.
func (s *Server) Export() (string, error) {
	text, err := json.Marshal(export{Folder: s.folder, Port: s.port, Password: s.password})
	return string(text), err
}

// openExported returns the server of the environment.
func openExported(text string) (*Server, error) {
	var e export
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return nil, fmt.Errorf("sandbox: %s: %w", Environment, err)
	}
	s := &Server{folder: e.Folder, port: e.Port, password: e.Password}
	var err error
	s.root, err = open(s.rootDSN(""))
	return s, err
}

// shared is the server of this process, which the first test starts.
var shared struct {
	sync.Mutex
	server *Server
	err    error
	tried  bool
}

// Shared returns the server that all tests share: the one of [Environment], or one
// of this process that [Main] stops. It must not be killed; see [Own].
func Shared(tb testing.TB) *Server {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.tried {
		shared.tried = true
		if text := os.Getenv(Environment); text != "" {
			shared.server, shared.err = openExported(text)
		} else {
			shared.server, shared.err = Start(context.Background(), Options{})
		}
	}
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.server
}

// Main runs the tests of a package and stops the shared server if this process owns
// it. Call it in TestMain; without it a folder is left until the next start. Main
// does not return; it calls last after the tests.
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

// New creates a database on the shared server and drops it when the test ends.
func New(tb testing.TB, schema int) *Database {
	tb.Helper()
	return Shared(tb).Database(tb, schema)
}

// Own starts a server for one test, which may kill it, and stops it when the test
// ends.
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

// Database creates a database for a test and drops it when the test ends.
func (s *Server) Database(tb testing.TB, schema int) *Database {
	tb.Helper()
	d, err := s.NewDatabase(tb.Context(), schema)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.drop(); err != nil {
			tb.Logf("drop %s: %v", d.Name, err) // the test may have killed the server
		}
	})
	return d
}
