package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// One connection is enough: what a change reads before it writes goes over the
// connection that holds the lock, also while others wait to read.
func TestApply_overOneConnection(t *testing.T) {
	t.Parallel()
	d := sandbox.New(t, 1720)
	store := newStore(t, d, func(s *Settings) { s.MaxConnections = 1 })
	if _, err := d.DB().Exec("INSERT INTO servers (server_id, server_ip) VALUES ('dial1', '10.0.0.1')"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err := store.Apply(ctx, func(ctx context.Context) (cluster.Plan, error) {
		waits := make(chan error, 1)
		go func() { // another object of the same run
			_, err := store.Trunks(ctx)
			waits <- err
		}()
		<-time.After(50 * time.Millisecond) // so that the other reader comes first
		trunks, err := store.Trunks(ctx)
		if err != nil {
			return cluster.Plan{}, err
		}
		t.Cleanup(func() {
			if err := <-waits; err != nil {
				t.Error(err)
			}
		})
		return cluster.PlanSplit("SALES", trunks.OfCampaign("SALES"), cluster.Split{}, map[string]cluster.Limit{"10.0.0.1": {Dedicated: 5, Restriction: cluster.MaximumLimit}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if trunks, err := store.Trunks(ctx); err != nil || trunks.OfCampaign("SALES").Reserved("10.0.0.1") != 5 {
		t.Errorf("the rows are %v, %v", trunks, err)
	}
}

// A server that has no connection left is asked again; any other refusal is final.
func TestWhenFull(t *testing.T) {
	t.Parallel()
	full := &conn.Error{Failure: conn.TooManyConnections, Err: errors.New("too many connections")}
	tries := 0
	err := retryWhenFull(t.Context(), func() error {
		if tries++; tries < 3 {
			return full
		}
		return nil
	})
	if err != nil || tries != 3 {
		t.Errorf("ended with %v after %d tries", err, tries)
	}
	tries = 0
	refused := &conn.Error{Failure: conn.BadCredentials, Err: errors.New("no")}
	if err := retryWhenFull(t.Context(), func() error { tries++; return refused }); !errors.Is(err, refused) || tries != 1 {
		t.Errorf("a refusal ended with %v after %d tries", err, tries)
	}
}
