// Package store holds all SQL: it reads VICIdial's tables as values and writes
// ordered steps. It knows the cluster's words and no Terraform.
package store

import (
	"database/sql"
	"sync"
)

// Store is the way to one VICIdial database. It connects when it is first used.
type Store struct {
	settings *Settings
	once     sync.Once
	db       *sql.DB
	close    func() error
	err      error
}

// New returns a store that has dialled nothing.
func New(settings Settings) *Store { return &Store{settings: &settings} }

// pool returns the connections, or the [Fault] for which there are none.
func (s *Store) pool() (*sql.DB, error) {
	s.once.Do(func() { s.db, s.close, s.err = open(*s.settings) })
	return s.db, s.err
}

// Close ends every connection.
func (s *Store) Close() error {
	if _, err := s.pool(); err != nil {
		return nil //nolint:nilerr // what never opened needs no closing
	}
	return s.close()
}
