// Package conn connects to the database: its settings and their validation,
// TLS, the SSH host with its host keys, and errors with the failed hop and a
// remedy. The only statement that it sends sets the variables of a session.
package conn
