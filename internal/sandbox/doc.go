// Package sandbox has the servers that tests and `make demo` use: a private MariaDB
// with VICIdial's tables, a proxy that cuts connections, an SSH server and
// certificates. The provider does not import it.
//
// A test creates its own database and may run in parallel with others:
//
//	func TestMain(m *testing.M) { sandbox.Main(m) }
//
//	func TestTrunks(t *testing.T) {
//		t.Parallel()
//		database := sandbox.New(t, 1720)
//		…
//	}
package sandbox
