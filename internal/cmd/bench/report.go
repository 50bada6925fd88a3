package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"
)

// pair has the times of our objects and of Terraform's built-in ones, in turns.
type pair struct{ ours, baseline []time.Duration }

// ratio is the ratio of our time to the other: of the medians, and the least and the most
// of the measurements.
type ratio struct {
	Median   float64 `json:"median"`
	Least    float64 `json:"least"`
	Most     float64 `json:"most"`
	Bound    float64 `json:"bound,omitempty"` // 0 is none
	Ours     float64 `json:"ours_seconds"`
	Baseline float64 `json:"baseline_seconds"`
}

func (p pair) ratio(bound float64) ratio {
	return ratio{
		Median: median(p.ours).Seconds() / median(p.baseline).Seconds(),
		Least:  slices.Min(p.ours).Seconds() / slices.Max(p.baseline).Seconds(),
		Most:   slices.Max(p.ours).Seconds() / slices.Min(p.baseline).Seconds(),
		Bound:  bound, Ours: median(p.ours).Seconds(), Baseline: median(p.baseline).Seconds(),
	}
}

// missed reports whether the whole spread exceeds the bound; less may be noise.
func (r ratio) missed() bool { return r.Bound > 0 && r.Least > r.Bound }

// report has the measurements of a run, by name.
type report struct {
	Ratios map[string]ratio `json:"ratios"`
	Counts map[string]int   `json:"counts"`
}

func newReport() *report { return &report{map[string]ratio{}, map[string]int{}} }

func (r *report) add(name string, p pair, bound float64) { r.Ratios[name] = p.ratio(bound) }

func (r *report) count(name string, n int) { r.Counts[name] = n }

// show writes the report, and returns an error for each exceeded bound.
func (r *report) show(out io.Writer) error {
	var err error
	fmt.Fprintf(out, "\n%-44s %9s %9s %7s %15s %6s\n", "", "ours", "baseline", "times", "spread", "bound")
	for _, name := range slices.Sorted(maps.Keys(r.Ratios)) {
		now := r.Ratios[name]
		fmt.Fprintf(out, "%-44s %7.2f s %7.2f s %7.2f %7.2f–%-7.2f %6.2f\n", name, now.Ours, now.Baseline, now.Median, now.Least, now.Most, now.Bound)
		if now.missed() {
			err = errors.Join(err, fmt.Errorf("%s takes %.2f to %.2f times as long as that of terraform_data, more than %.2f", name, now.Least, now.Most, now.Bound))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
		fmt.Fprintf(out, "%-44s %9d\n", name, r.Counts[name])
	}
	return err
}

func (r *report) save(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

func load(path string) (*report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := newReport()
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// compareReports shows two reports side by side. A ratio is worse or better where the
// spreads do not overlap.
func compareReports(out io.Writer, before, after *report) {
	fmt.Fprintf(out, "%-44s %9s %9s\n", "times as long as terraform_data", "before", "after")
	for _, name := range slices.Sorted(maps.Keys(after.Ratios)) {
		now, then, verdict := after.Ratios[name], before.Ratios[name], ""
		switch _, known := before.Ratios[name]; {
		case !known:
			verdict = "new"
		case now.Least > then.Most:
			verdict = "worse"
		case now.Most < then.Least:
			verdict = "better"
		}
		fmt.Fprintf(out, "%-44s %9.2f %9.2f  %s\n", name, then.Median, now.Median, verdict)
	}
	for _, name := range slices.Sorted(maps.Keys(after.Counts)) {
		fmt.Fprintf(out, "%-44s %9d %9d\n", name, before.Counts[name], after.Counts[name])
	}
}
