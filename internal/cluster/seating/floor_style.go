package seating

import "maps"

// Suffixes returns the suffix of each labelled server.
func (s FloorStyle) Suffixes() Suffixes {
	suffixes := make(Suffixes, len(s.Labels))
	for server, label := range s.Labels {
		suffixes[server] = label.Suffix
	}
	return suffixes
}

// ReadingSuffixes returns the suffixes that assignments in a state are read with:
// those of the labelled servers, and for a suffix that none of them has, the server
// that had it before.
func (s FloorStyle) ReadingSuffixes(before map[string]Label) Suffixes {
	suffixes, taken := s.Suffixes(), map[string]bool{}
	for _, suffix := range suffixes {
		taken[suffix] = true
	}
	for server, label := range before {
		if _, declared := suffixes[server]; !declared && !taken[label.Suffix] {
			suffixes[server] = label.Suffix
		}
	}
	return suffixes
}

// WithLabels adds the labels of servers that are declared no longer.
func (s FloorStyle) WithLabels(before map[string]Label) FloorStyle {
	labels := maps.Clone(before)
	if labels == nil {
		labels = map[string]Label{}
	}
	maps.Copy(labels, s.Labels)
	s.Labels = labels
	return s
}
