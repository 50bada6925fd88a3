// Package sandbox is what the project's tests and `make demo` run against: a
// private MariaDB with VICIdial's tables, a proxy that cuts connections, an SSH
// bastion and certificates. It imports nothing of the project but its own rooms,
// and the provider
// that is shipped does not import it.
//
// A test takes a database of its own and may run in parallel with all others:
//
//	func TestMain(m *testing.M) { sandbox.Main(m) }
//
//	func TestTrunks(t *testing.T) {
//		t.Parallel()
//		database := sandbox.New(t, 1720)
//		…
//	}
package sandbox
