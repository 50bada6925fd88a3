package store

import (
	"context"
	"database/sql"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Carriers returns all rows of vicidial_server_carriers. Their texts contain
// passwords and must not be shown.
func (s *Store) Carriers(ctx context.Context) (cluster.Carriers, error) { return s.carriers.get(ctx) }

func (s *Store) readCarriers(ctx context.Context) (cluster.Carriers, error) {
	rows, err := s.rows(ctx, cluster.TableCarriers, cluster.CarrierColumns, "carrier_id", "")
	carriers := make(cluster.Carriers, len(rows))
	for at, row := range rows {
		carriers[at] = cluster.Carrier(row)
	}
	return carriers, err
}

func (s *Store) renewCarriers(ctx context.Context, rows cluster.Carriers, steps []writtenStep) (cluster.Carriers, error) {
	return renewRows(ctx, s, rows, steps, cluster.TableCarriers, cluster.CarrierColumns, "carrier_id")
}

// Templates returns all rows of vicidial_conf_templates.
func (s *Store) Templates(ctx context.Context) (cluster.Templates, error) {
	return s.templates.get(ctx)
}

func (s *Store) readTemplates(ctx context.Context) (cluster.Templates, error) {
	rows, err := s.rows(ctx, cluster.TableTemplates, cluster.TemplateColumns, "template_id", "")
	templates := make(cluster.Templates, len(rows))
	for at, row := range rows {
		templates[at] = cluster.Template(row)
	}
	return templates, err
}

func (s *Store) renewTemplates(ctx context.Context, rows cluster.Templates, steps []writtenStep) (cluster.Templates, error) {
	return renewRows(ctx, s, rows, steps, cluster.TableTemplates, cluster.TemplateColumns, "template_id")
}

// DIDs returns all rows of vicidial_inbound_dids.
func (s *Store) DIDs(ctx context.Context) (cluster.DIDs, error) { return s.dids.get(ctx) }

func (s *Store) readDIDs(ctx context.Context) (cluster.DIDs, error) {
	return s.rows(ctx, cluster.TableDIDs, cluster.DIDColumns, "did_id", "")
}

func (s *Store) renewDIDs(ctx context.Context, rows cluster.DIDs, steps []writtenStep) (cluster.DIDs, error) {
	return renewRows(ctx, s, rows, steps, cluster.TableDIDs, cluster.DIDColumns, "did_id", "did_pattern")
}

// RemoteAgents returns all rows of vicidial_remote_agents.
func (s *Store) RemoteAgents(ctx context.Context) ([]cluster.RemoteAgents, error) {
	return s.remoteAgents.get(ctx)
}

func (s *Store) readRemoteAgents(ctx context.Context) ([]cluster.RemoteAgents, error) {
	rows, err := s.rows(ctx, cluster.TableRemoteAgents, cluster.RemoteAgentsColumns, "remote_agent_id", "")
	runs := make([]cluster.RemoteAgents, len(rows))
	for at, row := range rows {
		runs[at] = cluster.RemoteAgents(row)
	}
	return runs, err
}

func (s *Store) renewRemoteAgents(ctx context.Context, rows []cluster.RemoteAgents, steps []writtenStep) ([]cluster.RemoteAgents, error) {
	return renewRows(ctx, s, rows, steps, cluster.TableRemoteAgents, cluster.RemoteAgentsColumns, "remote_agent_id", "user_start")
}

// TemplateUse returns the phones and carriers that use a template. It is not
// cached.
func (s *Store) TemplateUse(ctx context.Context, id string) (cluster.TemplateUse, error) {
	carriers, err := s.Carriers(ctx)
	if err != nil {
		return cluster.TemplateUse{}, err
	}
	use := cluster.TemplateUse{Carriers: carriers.Using(id)}
	phones, err := s.readPhones(ctx, nil, "template_id = ?", id)
	for _, phone := range phones.phones {
		use.Phones = append(use.Phones, cluster.TemplatePhone{Extension: phone.Extension, ServerIP: phone.ServerIP})
	}
	return use, err
}

const (
	selectUsers    = `SELECT user FROM vicidial_users ORDER BY user`
	selectInGroups = `SELECT group_id FROM vicidial_inbound_groups ORDER BY group_id`
	selectMenus    = `SELECT menu_id FROM vicidial_call_menu ORDER BY menu_id`
)

// Directory returns the names of the targets of DIDs and remote agents.
func (s *Store) Directory(ctx context.Context) (cluster.Directory, error) {
	return s.directory.get(ctx)
}

func (s *Store) readDirectory(ctx context.Context) (cluster.Directory, error) {
	campaigns, err := s.campaigns.get(ctx)
	if err != nil {
		return cluster.Directory{}, err
	}
	var directory cluster.Directory
	for _, campaign := range campaigns {
		directory.Campaigns = append(directory.Campaigns, campaign.ID)
	}
	names := func(what, query string, into *[]string) func() error {
		return func() error {
			return s.query(ctx, what, query, nil, func(rows *sql.Rows) error {
				var name string
				err := rows.Scan(&name)
				*into = append(*into, trimKey(name))
				return err
			})
		}
	}
	if err := sideBySide(
		names("users", selectUsers, &directory.Users),
		names("in-groups", selectInGroups, &directory.InGroups),
		names("call menus", selectMenus, &directory.Menus),
	); err != nil {
		return cluster.Directory{}, err
	}
	return directory, nil
}

// DIDTargets returns what the routes of DIDs lead to, with the servers as they are
// after this run; phones and mailboxes only where they are asked for. Callers change
// none of it.
func (s *Store) DIDTargets(ctx context.Context, phones bool) (cluster.DIDTargets, error) {
	var targets cluster.DIDTargets
	reads := []func() error{
		func() (err error) { targets.Directory, err = s.Directory(ctx); return err },
		func() (err error) { targets.Servers, err = s.Expected(ctx); return err },
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
	err := sideBySide(reads...)
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
	err := sideBySide(
		func() (err error) { read, err = s.phones(ctx, nil); return err },
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
