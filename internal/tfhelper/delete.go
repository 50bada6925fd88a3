package tfhelper

import (
	"context"
	"errors"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Terraform deletes objects that do not refer to one another in any order, and ten at
// a time.
const (
	deletePatience = 10 * time.Second
	deletePause    = 250 * time.Millisecond
)

// Delete calls the deletion of an object. While rows name the object that other objects
// of the same run may be taking away, it calls it again, for ten seconds at most.
func Delete(ctx context.Context, remove func(context.Context) error) error {
	for since := time.Now(); ; {
		err := remove(ctx)
		if named := (*cluster.Refused)(nil); !errors.As(err, &named) || !named.Named || time.Since(since) > deletePatience {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(deletePause):
		}
	}
}
