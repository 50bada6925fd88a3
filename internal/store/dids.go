package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// DIDs returns all rows of vicidial_inbound_dids.
func (s *Store) DIDs(ctx context.Context) (cluster.DIDs, error) { return s.dids.get(ctx) }

// DIDTargets returns what the routes of DIDs lead to, with the servers as they are
// after this run; phones and mailboxes only where they are asked for. Callers change
// none of it.
func (s *Store) DIDTargets(ctx context.Context, phones bool) (cluster.DIDTargets, error) {
	var targets cluster.DIDTargets
	reads := []func() error{
		func() (err error) { targets.Directory, err = s.Directory(ctx); return err },
		func() (err error) { targets.Servers, err = s.ExpectedServers(ctx); return err },
		func() error {
			settings, err := s.SystemSettings(ctx)
			targets.SystemFilter = settings.DIDFilter
			return err
		},
	}
	if phones {
		reads = append(reads, func() error {
			found, err := s.didPhones.get(ctx)
			targets.Phones, targets.Mailboxes = found.phones, found.mailboxes
			return err
		})
	}
	err := concurrently(reads...)
	return targets, err
}

// didPhones are the phones and mailboxes of [cluster.DIDTargets], kept for all DIDs of
// a plan.
type didPhones struct {
	phones    map[[2]string]bool
	mailboxes map[string]bool
}

func (s *Store) readDIDPhones(ctx context.Context) (didPhones, error) {
	var read phoneColumns
	var boxes []string
	err := concurrently(
		func() (err error) { read, err = s.phones(ctx, nodePhoneColumns); return err },
		func() (err error) { boxes, err = s.mailboxes.get(ctx); return err },
	)
	found := didPhones{make(map[[2]string]bool, len(read.phones)), make(map[string]bool, len(read.phones)+len(boxes))}
	for _, phone := range read.phones {
		found.phones[[2]string{cluster.FoldKey(phone.ServerIP), cluster.FoldKey(phone.Extension)}] = true
		found.mailboxes[cluster.FoldKey(phone.VoicemailID)] = true
	}
	for _, box := range boxes {
		found.mailboxes[cluster.FoldKey(box)] = true
	}
	return found, err
}
