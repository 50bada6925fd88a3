package sandbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Database is one test's own VICIdial database.
type Database struct {
	Name   string
	Schema int    // its version: 1302, 1606 or 1720
	Host   string // where the server listens
	Port   int

	// Username and Password are those of the provider's user, who has what
	// [Grants] lists and no more.
	Username string
	Password string

	server *Server
	db     *sql.DB
	drop   func() error
}

// NewDatabase makes a database with VICIdial's tables of a schema version and
// the rows of a fresh system, and a user for the provider. Names are unique, so
// that tests run side by side.
func (s *Server) NewDatabase(ctx context.Context, schema int) (*Database, error) {
	if !slices.Contains(schemas, schema) {
		return nil, fmt.Errorf("sandbox: schema %d is not one of %v", schema, schemas)
	}
	tables, err := facts()
	if err != nil {
		return nil, err
	}
	id := strings.ToLower(rand.Text()[:10])
	d := &Database{
		Name: "vicidial_" + id, Schema: schema, Host: s.Host(), Port: s.Port(),
		Username: "terraform_" + id, Password: rand.Text(), server: s,
	}
	d.drop = sync.OnceValue(d.forget)
	if _, err := s.root.ExecContext(ctx, "CREATE DATABASE "+quoteName(d.Name)+" CHARACTER SET latin1 COLLATE latin1_swedish_ci"); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if d.db, err = open(s.RootDSN(d.Name)); err != nil {
		return nil, err
	}
	script := slices.Concat(
		createTables(tables, schema),
		seed(schema),
		[]string{"CREATE USER " + account(d.Username, "%") + " IDENTIFIED BY " + quoteText(d.Password)},
		Grants(d.Name, d.Username, "%", Tables(schema)),
	)
	// One text, one way there and back.
	if _, err := d.db.ExecContext(ctx, strings.Join(script, ";\n")); err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox: make database of schema %d: %w", schema, err), d.Drop())
	}
	return d, nil
}

// DB is root's access, for fixtures and for looking. It belongs to the
// database and is closed by Drop.
func (d *Database) DB() *sql.DB { return d.db }

// Server is the server that holds the database.
func (d *Database) Server() *Server { return d.server }

// DSN is what the Go driver needs to connect as the provider's user.
func (d *Database) DSN() string { return d.server.DSN(d.Username, d.Password, d.Name) }

// Open connects as the provider's user. Whoever calls it closes it.
func (d *Database) Open() (*sql.DB, error) { return open(d.DSN()) }

// Drop removes the database and its user. A second call does nothing.
func (d *Database) Drop() error { return d.drop() }

func (d *Database) forget() error {
	ctx := context.Background()
	_, err := d.server.root.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quoteName(d.Name)+
		";DROP USER IF EXISTS "+account(d.Username, "%"))
	return errors.Join(err, d.db.Close())
}
