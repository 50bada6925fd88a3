package main

import (
	"os"
	"strings"
	"testing"
)

func TestStatus_ofThisProcess(t *testing.T) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	if peak := status(string(text))["VmHWM"]; !strings.HasSuffix(peak, " kB") {
		t.Errorf("peak memory is %q", peak)
	}
}
