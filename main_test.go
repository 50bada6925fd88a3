package main

import (
	"maps"
	"testing"
)

func TestDisableDefaultLogs(t *testing.T) {
	quiet := map[string]string{"TF_LOG_SDK": "off", "TF_LOG_SDK_PROTO": "off", "TF_LOG_SDK_FRAMEWORK": "off", "TF_LOG_PROVIDER_VICIDIAL": "off"}
	t.Run("no variable asks for a log", func(t *testing.T) {
		environment := map[string]string{}
		disableDefaultLogs(reader(environment), writer(environment))
		if !maps.Equal(environment, quiet) {
			t.Errorf("environment = %v, want %v", environment, quiet)
		}
	})
	for _, asked := range []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_PROVIDER_VICIDIAL", "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_ACC_LOG"} {
		t.Run(asked+" is set", func(t *testing.T) {
			environment := map[string]string{asked: "trace"}
			disableDefaultLogs(reader(environment), writer(environment))
			if want := map[string]string{asked: "trace"}; !maps.Equal(environment, want) {
				t.Errorf("environment = %v, want %v", environment, want)
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
