package trunksplit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// overcommitError reports servers that have too few trunks left for the split. Another
// split of the same apply may free some.
type overcommitError []cluster.Overcommit

func (c overcommitError) Error() string {
	texts := make([]string, 0, len(c))
	for _, over := range c {
		texts = append(texts, over.String())
	}
	return strings.Join(texts, "; ")
}

// Hint says what to do.
func (c overcommitError) Hint() string {
	return "Nothing was written for this split. If another split was to give these trunks back in this apply, run apply again. Otherwise lower this total or another campaign's, or raise max_vicidial_trunks."
}

// Terraform writes splits in any order, so one that grows may come before one
// that shrinks.
const (
	overcommitTries = 40
	overcommitPause = 250 * time.Millisecond
)

// create inserts the rows, and removes them when a later step fails.
func (r *Resource) create(ctx context.Context, m model) error {
	if r.topology == nil {
		return tfhelper.ErrUnconfigured
	}
	var before cluster.Split
	err := r.write(ctx, m, func(rows cluster.Split, _ cluster.Servers) cluster.Split {
		before = m.ours(rows)
		return cluster.Split{}
	})
	var partial *cluster.Partial
	if errors.As(err, &partial) && (partial.Applied > 0 || partial.Unsure) {
		undone := r.topology.Apply(context.WithoutCancel(ctx), func(ctx context.Context) (cluster.Plan, error) {
			trunks, err := r.topology.Trunks(ctx)
			if err != nil {
				return cluster.Plan{}, err
			}
			rows := m.ours(trunks.Of(m.campaign()))
			return cluster.PlanSplit(m.campaign(), rows, rows, first(before))
		})
		if undone == nil {
			return fmt.Errorf("%w; the rows that were written have been removed again", partial.Err)
		}
	}
	return err
}

// first returns the rows as limits. A new split has no duplicate rows.
func first(rows cluster.Split) map[string]cluster.Limit {
	limits := make(map[string]cluster.Limit, len(rows))
	for server, found := range rows {
		limits[server] = found[0]
	}
	return limits
}

// update moves the rows that the split owned before or owns now. On a server
// that has just been listed, what is there now is what the plan showed.
func (r *Resource) update(ctx context.Context, m, prior model, seen privateRows) error {
	if r.topology == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.write(ctx, m, func(_ cluster.Split, servers cluster.Servers) cluster.Split {
		owned := m.ours(seen.at(servers))
		maps.Copy(owned, privateRows{prior.ours(seen.Rows), seen.Names}.at(servers))
		return owned
	})
}

// write changes the rows to those of the plan. Under the lock it calls seen with the
// rows and the servers as they are; seen returns the rows that the plan was made
// from.
func (r *Resource) write(ctx context.Context, m model, seen func(cluster.Split, cluster.Servers) cluster.Split) error {
	shares, err := m.shares()
	if err != nil {
		return err
	}
	decide := func(ctx context.Context) (cluster.Plan, error) {
		servers, err := r.topology.Servers(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		trunks, err := r.topology.Trunks(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		// A server that has appeared since the plan is blocked as well.
		limits := m.limits(shares, m.elsewhere(servers.IPs()))
		for _, ip := range slices.Sorted(maps.Keys(shares)) {
			if _, found := servers.ByIP(ip); !found {
				return cluster.Plan{}, fmt.Errorf("server %s: %w", ip, cluster.ErrNotFound)
			}
		}
		if over := trunks.Overcommitted(servers, m.campaign(), limits); len(over) > 0 {
			return cluster.Plan{}, overcommitError(over)
		}
		rows := trunks.Of(m.campaign())
		return cluster.PlanSplit(m.campaign(), rows, seen(rows, servers), limits)
	}
	for range overcommitTries {
		err = r.topology.Apply(ctx, decide)
		var full overcommitError
		if !errors.As(err, &full) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(overcommitPause):
		}
	}
	return err
}

// remove deletes the rows that the split owns, unless they changed since the removal
// was planned. A tainted split has no private state.
func (r *Resource) remove(ctx context.Context, m model, seen privateRows, known bool) error {
	if r.topology == nil {
		return tfhelper.ErrUnconfigured
	}
	return r.topology.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		trunks, servers, err := readTrunks(ctx, r.topology)
		if err != nil {
			return cluster.Plan{}, err
		}
		rows := trunks.Of(m.campaign())
		if !known {
			seen = privateRowsOf(rows, servers)
		}
		owned := privateRows{m.ours(seen.Rows), seen.Names}.at(servers)
		return cluster.PlanSplit(m.campaign(), rows, owned, nil)
	})
}
