package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestJudge(t *testing.T) {
	floor := figures{plan: time.Second}
	for _, c := range []struct {
		claim       string
		small, many figures
		want        string
	}{
		{"twice as long and as many statements is well", figures{planStatements: 13}, figures{planStatements: 13, plan: 2 * time.Second}, ""},
		{"three times as long is too long", figures{planStatements: 13}, figures{planStatements: 13, plan: 3 * time.Second}, "3.0 times as long"},
		{"one statement more is one too many", figures{planStatements: 13}, figures{planStatements: 14, plan: time.Second}, "13 statements for 3 servers and 14 for 200"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			err := judge(200, c.small, c.many, floor)
			if err == nil {
				err = errors.New("")
			}
			if !strings.Contains(err.Error(), c.want) || (c.want == "") != (err.Error() == "") {
				t.Errorf("said %q", err)
			}
		})
	}
}

func TestMedian(t *testing.T) {
	if have := median([]time.Duration{9, 1, 3, 100, 2}); have != 3 {
		t.Errorf("median is %d", have)
	}
}

func TestStatus(t *testing.T) {
	fields := status("Name:\tterraform\nPPid:\t12\nVmHWM:\t  8192 kB\n")
	for name, want := range map[string]string{"Name": "terraform", "PPid": "12", "VmHWM": "8192 kB"} {
		if fields[name] != want {
			t.Errorf("%s is %q", name, fields[name])
		}
	}
}
