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

// Database is a VICIdial database for one test.
type Database struct {
	Name   string
	Schema int    // its version, one of [AllSchemas]
	Host   string // address of the server
	Port   int

	// Username and Password are those of the provider's user, who has the
	// privileges of [Grants] only, those of a writer.
	Username string
	Password string

	server *Server
	db     *sql.DB
	drop   func() error // removes the database and its user; a second call does nothing
}

// NewDatabase creates a database with the tables of a schema version and the rows
// of a new system, and a user for the provider. Names are unique, so that tests run
// in parallel.
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
	d.drop = sync.OnceValue(d.remove)
	if _, err := s.root.ExecContext(ctx, "CREATE DATABASE "+quoteName(d.Name)+" CHARACTER SET latin1 COLLATE latin1_swedish_ci"); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if d.db, err = open(s.rootDSN(d.Name)); err != nil {
		return nil, err
	}
	script := slices.Concat(
		createTables(tables, schema),
		seed(schema),
		[]string{"CREATE USER " + account(d.Username, "%") + " IDENTIFIED BY " + quoteText(d.Password)},
	)
	// One text, for one round trip.
	if _, err := d.db.ExecContext(ctx, strings.Join(script, ";\n")); err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox: make database of schema %d: %w", schema, err), d.drop())
	}
	if err := d.grant(ctx, d.Username, false); err != nil {
		return nil, errors.Join(err, d.drop())
	}
	return d, nil
}

// Reader makes a user who has the privileges of [Grants] that a reader needs, with
// the name and password of the provider's user and "_reader" behind them.
func (d *Database) Reader(ctx context.Context) (username, password string, err error) {
	username, password = d.Username+"_reader", d.Password+"_reader"
	if _, err := d.db.ExecContext(ctx, "CREATE USER "+account(username, "%")+" IDENTIFIED BY "+quoteText(password)); err != nil {
		return "", "", fmt.Errorf("sandbox: %w", err)
	}
	return username, password, d.grant(ctx, username, true)
}

// DB returns root's connections, for fixtures and checks.
func (d *Database) DB() *sql.DB { return d.db }

// Server returns the server of the database.
func (d *Database) Server() *Server { return d.server }

// dsn returns the data source name for the provider's user.
func (d *Database) dsn() string { return d.server.dsn(d.Username, d.Password, d.Name) }

// open connects as the provider's user. The caller closes the result.
func (d *Database) open() (*sql.DB, error) { return open(d.dsn()) }

func (d *Database) remove() error {
	ctx := context.Background()
	_, err := d.server.root.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quoteName(d.Name)+
		";DROP USER IF EXISTS "+account(d.Username, "%")+", "+account(d.Username+"_reader", "%"))
	return errors.Join(err, d.db.Close())
}
