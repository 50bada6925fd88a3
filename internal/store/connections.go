package store

import (
	"context"
	"errors"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// fullPauses are the delays between attempts to connect to a server without a free
// connection.
var fullPauses = []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}

// retryWhenFull calls do, and again while the server has no free connection. In
// that case nothing was sent.
func retryWhenFull(ctx context.Context, do func() error) error {
	err := do()
	for _, pause := range fullPauses {
		if !hasNoConnectionLeft(err) {
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

// hasNoConnectionLeft reports whether the server, or the account, has no free connection.
func hasNoConnectionLeft(err error) bool {
	var refused *conn.Error
	return errors.As(err, &refused) && refused.Failure == conn.TooManyConnections
}

// writerKey is the context key of a writer whose connection is the only one. Reads
// with the context use that connection.
type writerKey struct{}

func writerOf(ctx context.Context) *writer {
	w, _ := ctx.Value(writerKey{}).(*writer)
	return w
}
