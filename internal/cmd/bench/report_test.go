package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func seconds(values ...float64) []time.Duration {
	durations := make([]time.Duration, len(values))
	for i, value := range values {
		durations[i] = time.Duration(value * float64(time.Second))
	}
	return durations
}

func TestReport(t *testing.T) {
	noisy, slow := newReport(), newReport()
	noisy.add("plan", pair{seconds(2, 2.4, 3), seconds(1, 1.1, 0.9)}, 2.3) // 1.8 to 3.3
	slow.add("plan", pair{seconds(4, 4.1, 4.4), seconds(1, 1.1, 0.9)}, 2.3)
	slow.count("statements", 12)
	var out strings.Builder
	if err := noisy.show(&out); err != nil {
		t.Errorf("a bound inside of the spread is missed: %v", err)
	}
	if err := slow.show(&out); err == nil || !strings.Contains(err.Error(), "plan takes 3.64 to 4.89 times") {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(t.TempDir(), "report.json")
	if err := slow.save(path); err != nil {
		t.Fatal(err)
	}
	saved, err := load(path)
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	compareReports(&out, noisy, saved)
	if text := out.String(); !strings.Contains(text, "worse") || !strings.Contains(text, "12") {
		t.Errorf("the comparison is\n%s", text)
	}
}
