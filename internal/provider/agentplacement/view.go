package agentplacement

import (
	"context"
	"maps"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// view is a floor as its rows show it.
type view struct {
	all cluster.FloorRows
	own cluster.FloorRows // what the floor owns
	now *cluster.Placement
}

// look reads the rows of what was declared, and of servers that the floor lately
// had phones on.
func (r *Resource) look(ctx context.Context, d declared, labels map[string]cluster.Label, s secrets) (view, error) {
	all, err := r.topology.Floor(ctx, d.columns(s))
	if err != nil {
		return view{}, err
	}
	styled := d.style.knowing(labels)
	v := view{all: all, own: styled.Own(all, d.floor.Seats)}
	v.now = styled.Sitting(v.own, d.floor.Seats)
	return v, nil
}

// owned are the rows that a change may take away.
func (d declared) owned(own cluster.FloorRows) cluster.FloorRows {
	if !d.style.Users {
		return own.LettingGo(d.floor.Seats)
	}
	return own
}

// replaced finds servers that take another's place: the same suffix at another
// address. Seats stay with the suffix.
func (d declared) replaced(prior declared) map[string]string {
	moved := map[string]string{}
	for before, label := range prior.style.Labels {
		if _, stays := d.style.Labels[before]; stays {
			continue
		}
		for after, taken := range d.style.Labels {
			if _, known := prior.style.Labels[after]; !known && taken.Suffix == label.Suffix {
				moved[before] = after
			}
		}
	}
	return moved
}

// renamed is a placement on other addresses.
func renamed(p *cluster.Placement, moved map[string]string) *cluster.Placement {
	if len(moved) == 0 {
		return p
	}
	again := cluster.NewPlacement(p.Seats())
	for position := range p.Seats().Len() {
		nodes := slices.Clone(p.At(position))
		for i, node := range nodes {
			if to, is := moved[node]; is {
				nodes[i] = to
			}
		}
		again.Put(position, nodes)
	}
	return again
}

// labels are those of all servers that may hold rows of the floor.
func labelsOf(kept memory, prior *declared) map[string]cluster.Label {
	labels := maps.Clone(kept.Labels)
	if labels == nil {
		labels = map[string]cluster.Label{}
	}
	if prior != nil {
		maps.Copy(labels, prior.style.Labels)
	}
	return labels
}
