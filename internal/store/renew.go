package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// written updates the caches after changes: the rows that their steps name are read
// again, by their keys. Where that is not possible, the next read is of the whole table.
func (s *Store) written(ctx context.Context, steps []writtenStep) {
	renewals := make([]func(), len(s.caches))
	for i, cache := range s.caches {
		renewals[i] = func() { cache.written(ctx, steps) }
	}
	s.together(renewals...)
	s.didPhones.written(ctx, steps) // after those that it is made from
}

// stepsOf returns the steps of changes.
func stepsOf(changes []*planWrite) []writtenStep {
	var steps []writtenStep
	for _, c := range changes {
		for _, step := range c.steps {
			steps = append(steps, writtenStep{step, c.err == nil})
		}
	}
	return steps
}

// writtenStep is a step that was written, or may have been where it is not certain.
type writtenStep struct {
	cluster.Step
	certain bool
}

// maxRenewed is how many rows are read again by their keys.
const maxRenewed = 5000

// errReadWhole reports that the steps do not identify their rows by a key.
var errReadWhole = errors.New("the rows are not known by their keys")

// keyed finds rows by a key, in the table and among those that were read.
type keyed[I any] struct {
	columns []string // each of them is a key
	column  func(item I, column string) string
	read    func(ctx context.Context, where string, args ...any) ([]I, error)
	order   []string // the columns by which the rows are ordered, none for the table's own order
}

// renew returns the rows that were read, with those that steps have written as they
// are now.
func (k keyed[I]) renew(ctx context.Context, rows []I, steps []writtenStep) ([]I, error) {
	touched, asked := map[string]map[string]bool{}, map[string]map[string]bool{}
	renewed := 0
	for _, step := range steps {
		keys := step.Keys()
		if step.InColumn != "" {
			keys = step.InKeys()
		}
		if renewed += len(keys); len(keys) == 0 || renewed > maxRenewed {
			return nil, errReadWhole
		}
		for _, key := range keys {
			column := k.keyOf(step.Step, key)
			if column == "" {
				return nil, errReadWhole
			}
			add(touched, column, key[column].Text)
			if step.Verb != cluster.Delete || !step.certain || len(key) > 1 {
				add(asked, column, key[column].Text)
			}
		}
	}
	rest := slices.DeleteFunc(slices.Clone(rows), func(row I) bool {
		for column, values := range touched {
			if values[cluster.FoldKey(k.column(row, column))] {
				return true
			}
		}
		return false
	})
	if len(asked) == 0 {
		return rest, nil
	}
	where, args := oneOf(asked)
	now, err := k.read(ctx, where, args...)
	if err != nil {
		return nil, err
	}
	rest = append(rest, now...)
	slices.SortStableFunc(rest, func(a, b I) int {
		for _, column := range k.order {
			if order := compareKeys(column, k.column(a, column), k.column(b, column)); order != 0 {
				return order
			}
		}
		return 0
	})
	return rest, nil
}

// cachedKeyed caches a table whose written rows are read again by their keys.
func cachedKeyed[All ~[]I, I any](s *Store, name string, table cluster.Table, k keyed[I]) *cachedQuery[All] {
	q := cached(s, name, func(ctx context.Context) (All, error) { return k.read(ctx, "") }, table)
	q.renew = func(ctx context.Context, rows All, steps []writtenStep) (All, error) {
		return k.renew(ctx, rows, steps)
	}
	return q
}

// keyOf returns the column of a step's key by which its rows are found before and after
// the step.
func (k keyed[I]) keyOf(step cluster.Step, key cluster.Row) string {
	for _, column := range k.columns {
		_, named := key[column]
		_, changes := step.To[column]
		if named && !changes && step.Column != column && step.Verb != cluster.DeleteDuplicates {
			return column
		}
	}
	return ""
}

func add(to map[string]map[string]bool, column, value string) {
	if to[column] == nil {
		to[column] = map[string]bool{}
	}
	to[column][cluster.FoldKey(value)] = true
}

// oneOf picks the rows that have one of some values in one of some columns.
func oneOf(values map[string]map[string]bool) (string, []any) {
	var parts []string
	var args []any
	for _, column := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, column+" IN ("+placeholders(len(values[column]))+")")
		for _, value := range slices.Sorted(maps.Keys(values[column])) {
			args = append(args, value)
		}
	}
	return strings.Join(parts, " OR "), args
}

// compareKeys compares keys as the database does: numbers that it gives to rows, and texts.
func compareKeys(column, a, b string) int {
	if column == "did_id" || column == "remote_agent_id" {
		one, _ := strconv.ParseInt(a, 10, 64)
		other, _ := strconv.ParseInt(b, 10, 64)
		return cmp.Compare(one, other)
	}
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}

// renewRooms is [keyed.renew] for the rooms of servers.
func (s *Store) renewRooms(ctx context.Context, rooms map[cluster.Engine]cluster.Rooms, steps []writtenStep) (map[cluster.Engine]cluster.Rooms, error) {
	now := map[cluster.Engine]cluster.Rooms{}
	for engine, servers := range rooms {
		touched := map[string]bool{}
		for _, step := range steps {
			if step.Table != engine.Table() {
				continue
			}
			if len(step.Key) == 0 {
				return nil, errReadWhole
			}
			for _, key := range step.Keys() {
				ip := key[cluster.ColumnServerIP].Text
				if _, moves := step.To[cluster.ColumnServerIP]; moves || ip == "" {
					return nil, errReadWhole
				}
				touched[ip] = true
			}
		}
		now[engine] = servers
		if len(touched) == 0 {
			continue
		}
		now[engine] = maps.Clone(servers)
		maps.DeleteFunc(now[engine], func(ip string, _ []cluster.Room) bool { return touched[ip] })
		where, args := oneOf(map[string]map[string]bool{cluster.ColumnServerIP: touched})
		if err := s.scanRooms(ctx, now, fmt.Sprintf(selectRooms, engine, engine.Table(), whereClause(where)), args...); err != nil {
			return nil, err
		}
	}
	return now, nil
}
