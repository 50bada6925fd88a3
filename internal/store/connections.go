package store

import (
	"context"
	"errors"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// fullPauses come between the tries to connect to a server that has no connection
// left: those of others are short.
var fullPauses = []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}

// whenFull does what needs a connection, and does it again as long as the server
// has none left. Nothing was sent then. A connection that is free meanwhile is used.
func whenFull(ctx context.Context, do func() error) error {
	err := do()
	for _, pause := range fullPauses {
		var refused *conn.Error
		if !errors.As(err, &refused) || refused.Failure != conn.TooManyConnections {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
		err = do()
	}
	return err
}

// writerKey marks the context in which a writer decides what to write, where its
// connection is the only one: its reads go over that connection.
type writerKey struct{}

func writerOf(ctx context.Context) *writer {
	w, _ := ctx.Value(writerKey{}).(*writer)
	return w
}
