package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestJudge(t *testing.T) {
	baseline := figures{plan: time.Second}
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
			err := checkLimits(200, c.small, c.many, baseline)
			if err == nil {
				err = errors.New("")
			}
			if !strings.Contains(err.Error(), c.want) || (c.want == "") != (err.Error() == "") {
				t.Errorf("said %q", err)
			}
		})
	}
}

func TestJudgeNumbers(t *testing.T) {
	empty := figures{plan: time.Second, planStatements: 9}
	for claim, c := range map[string]struct {
		many figures
		want string
	}{
		"half as long again and a fifth of a second is well": {figures{plan: 1700 * time.Millisecond, create: 4700 * time.Millisecond, planStatements: 9}, ""},
		"twice as long is too long":                          {figures{plan: 2 * time.Second, planStatements: 9}, "takes 2.00 s, more than 1.70 s"},
		"an apply beyond three times raw SQL":                {figures{plan: time.Second, create: 5 * time.Second, planStatements: 9}, "creating 10000 numbers takes 5.00 s, more than 4.70 s"},
		"one statement more is one too many":                 {figures{plan: time.Second, planStatements: 10}, "9 statements for one number and 10"},
		"too much memory":                                    {figures{plan: time.Second, planStatements: 9, provider: 120 << 10}, "120 MiB"},
	} {
		t.Run(claim, func(t *testing.T) {
			err := checkNumbers(io.Discard, empty, c.many, time.Second)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("said %v", err)
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
