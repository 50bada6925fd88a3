package trunksplit

import (
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// possibleState returns the state of a split after an update from m to want has failed
// and it is unknown which rows it has written. It lists each server that may have a row;
// the next refresh shows which ones have.
func (m model) possibleState(want model) model {
	m.Servers = maps.Clone(m.Servers)
	for server, weighting := range want.Servers {
		if _, listed := m.Servers[server]; !listed {
			m.Servers[server] = weighting
		}
	}
	if want.blocks() {
		m.Elsewhere = want.Elsewhere
	}
	return m
}

// partialState returns the state of a split after an update from m to want has failed:
// what m declares, with the rows as they are. It lists each server with a row that the
// split had before or that the update wrote, so that the next plan shows the rows that
// are left to remove. before has the rows that the update was planned from.
func (m model) partialState(want model, before, rows cluster.Split, servers cluster.Servers) model {
	m.Servers = maps.Clone(m.Servers)
	for server, weighting := range want.Servers {
		_, listed := m.Servers[server]
		if _, written := rows[server]; written && !listed {
			m.Servers[server] = weighting
		}
	}
	maps.DeleteFunc(m.Servers, func(server string, _ weightingModel) bool {
		_, wanted := want.Servers[server]
		_, exists := rows[server]
		return !wanted && !exists
	})
	shown := m.withRows(rows, servers)
	blocked := shown.blocked()
	for server := range rows {
		_, listed := m.Servers[server]
		blockedBefore := before.Effective(server) == blockedLimit // not by this split
		if want.blocks() && rows.Effective(server) == blockedLimit && !listed && !blockedBefore && !slices.Contains(blocked, server) {
			blocked = append(blocked, server)
		}
	}
	slices.Sort(blocked)
	shown.BlockedServers = tfhelper.StringList(blocked)
	shown.DuplicateRows = tfhelper.Int64Map(shown.ownedRows(rows).Duplicates())
	return shown
}
