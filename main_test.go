package main

import (
	"maps"
	"testing"
)

func TestQuietLogs(t *testing.T) {
	quiet := map[string]string{"TF_LOG_SDK": "off", "TF_LOG_SDK_PROTO": "off", "TF_LOG_SDK_FRAMEWORK": "off", "TF_LOG_PROVIDER_VICIDIAL": "off"}
	t.Run("nobody asked for a log, so none is made", func(t *testing.T) {
		environment := map[string]string{}
		quietLogs(reader(environment), writer(environment))
		if !maps.Equal(environment, quiet) {
			t.Errorf("environment = %v, want %v", environment, quiet)
		}
	})
	for _, asked := range []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_PROVIDER_VICIDIAL", "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_ACC_LOG"} {
		t.Run(asked+" is set, so everything stays as it is", func(t *testing.T) {
			environment := map[string]string{asked: "trace"}
			quietLogs(reader(environment), writer(environment))
			if want := map[string]string{asked: "trace"}; !maps.Equal(environment, want) {
				t.Errorf("environment = %v, want %v", environment, want)
			}
		})
	}
}

func TestPaceCollector(t *testing.T) {
	for _, c := range []struct {
		claim string
		gogc  string
		want  int
	}{
		{"the collector is paced where nobody says how", "", 400},
		{"GOGC has the last word", "50", -1},
	} {
		t.Run(c.claim, func(t *testing.T) {
			percent := -1
			paceCollector(reader(map[string]string{"GOGC": c.gogc}), func(to int) int { percent = to; return 100 })
			if percent != c.want {
				t.Errorf("percent = %d, want %d", percent, c.want)
			}
		})
	}
}

func reader(environment map[string]string) func(string) string {
	return func(name string) string { return environment[name] }
}

func writer(environment map[string]string) func(string, string) error {
	return func(name, value string) error { environment[name] = value; return nil }
}
