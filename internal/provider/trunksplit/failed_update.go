package trunksplit

import (
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// possibleState returns the state of a split after an update from m to want has failed, where
// nobody can tell which rows it has written: it has each server that may have one, and
// the next refresh shows which do.
func (m model) possibleState(want model) model {
	m.Servers = maps.Clone(m.Servers)
	for server, claim := range want.Servers {
		if _, listed := m.Servers[server]; !listed {
			m.Servers[server] = claim
		}
	}
	if want.blocks() {
		m.Elsewhere = want.Elsewhere
	}
	return m
}

// partialState returns the state of a split after an update from m to want has failed: what
// m declares, with the rows as they are. It has each server that the split had
// before or that the update wrote a row on, as long as there is a row; so the next
// plan shows what is left to remove, whatever the configuration is by then. before are
// the rows that the update was planned from.
func (m model) partialState(want model, before, rows cluster.Split, servers cluster.Servers) model {
	m.Servers = maps.Clone(m.Servers)
	for server, claim := range want.Servers {
		_, listed := m.Servers[server]
		if _, written := rows[server]; written && !listed {
			m.Servers[server] = claim
		}
	}
	maps.DeleteFunc(m.Servers, func(server string, _ claimModel) bool {
		_, stays := want.Servers[server]
		_, there := rows[server]
		return !stays && !there
	})
	shown := m.withRows(rows, servers)
	blocked := shown.blocked()
	for server := range rows {
		_, listed := m.Servers[server]
		was := before.Effective(server) == blockedLimit // by somebody else
		if want.blocks() && rows.Effective(server) == blockedLimit && !listed && !was && !slices.Contains(blocked, server) {
			blocked = append(blocked, server)
		}
	}
	slices.Sort(blocked)
	shown.BlockedServers = tfhelper.StringList(blocked)
	shown.DuplicateRows = numbers(shown.ownedRows(rows).Duplicates())
	return shown
}
