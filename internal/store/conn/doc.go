// Package conn connects to the database: its settings and their validation,
// TLS, the SSH host in between with its host keys, and errors that say which
// hop failed and what to do about it. It sends no statement.
package conn
