package trunksplit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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

func (c overcommitError) Hint() string {
	return "The split takes none of these trunks. If another split releases them in this apply, run apply again, or name that split in depends_on, which -parallelism=1 requires. Otherwise lower this total or another campaign's, or raise max_vicidial_trunks."
}

// wait writes the waiting splits, each when the servers have enough trunks for it. It
// returns the errors of the calling split and of the others.
//
// Terraform writes splits in any order, so a split that grows may come before one that
// shrinks. It writes a limited number at a time, so waiting splits could prevent the
// write of the other one. So one split waits for all.
func (r *Resource) wait(ctx context.Context, caller string) error {
	waiting, failures, done := r.store.WaitingSplits(), map[string]error{}, false
	tfhelper.Await(ctx, func() (again bool) {
		writes := waiting.All()
		for _, campaign := range slices.Sorted(maps.Keys(writes)) {
			err := r.store.Apply(ctx, writes[campaign])
			if err == nil {
				delete(failures, campaign)
			} else {
				failures[campaign] = err
			}
			if full := overcommitError(nil); !errors.As(err, &full) {
				waiting.Remove(campaign)
			}
		}
		done = waiting.Done()
		return !done
	})
	if done { // another split may have begun to wait
		return joinErrors(caller, failures)
	}
	for _, campaign := range waiting.Cancel() {
		if failures[campaign] == nil {
			failures[campaign] = errors.New("it waited for trunks that no split has released")
		}
	}
	return joinErrors(caller, failures)
}

// joinErrors returns the error of a split, with those of the splits that it waited for.
// If only those failed, it is a [cluster.Partial], so that a Create, which cannot fail and
// keep its state, removes its rows again.
func joinErrors(own string, failures map[string]error) error {
	var others []string
	for _, campaign := range slices.Sorted(maps.Keys(failures)) {
		if campaign != own {
			others = append(others, fmt.Sprintf("trunk split %s, which waited for trunks as well: %s", campaign, failures[campaign]))
		}
	}
	text, partial := strings.Join(others, "; "), (*cluster.Partial)(nil)
	switch err := failures[own]; {
	case len(others) == 0:
		return err
	case err == nil:
		return &cluster.Partial{Applied: 1, Total: 2, Step: "the other splits that waited", Err: errors.New(text)}
	case errors.As(err, &partial):
		partial.Err = fmt.Errorf("%w; and %s", partial.Err, text)
		return err
	default:
		return fmt.Errorf("%w; and %s", err, text)
	}
}

// keepRows sets the limits of servers with too few free trunks to their current rows.
func keepRows(limits map[string]cluster.Limit, rows cluster.Split, overcommitted []cluster.Overcommit) {
	for _, server := range overcommitted {
		if len(rows[server.ServerIP]) > 0 {
			limits[server.ServerIP] = rows.Effective(server.ServerIP)
		} else {
			delete(limits, server.ServerIP)
		}
	}
}
