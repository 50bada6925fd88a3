package main

import (
	"maps"
	"runtime"
	"testing"
	"time"
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
	percents := func(gogc string) chan int {
		set := make(chan int, 2)
		paceCollector(reader(map[string]string{"GOGC": gogc}), func(to int) int { set <- to; return 100 })
		return set
	}
	t.Run("the heap is swept often at first and seldom once it was swept many times", func(t *testing.T) {
		set := percents("")
		if first := <-set; first != percentAtFirst {
			t.Errorf("percent at first = %d, want %d", first, percentAtFirst)
		}
		sweeps := 0
		for ; len(set) == 0 && sweeps < 10*sweepsAtFirst; sweeps++ {
			swept(t)
		}
		if sweeps < sweepsAtFirst || len(set) == 0 {
			t.Fatalf("the percent was set %d times more after %d sweeps", len(set), sweeps)
		}
		if later := <-set; later != percentLater {
			t.Errorf("percent later = %d, want %d", later, percentLater)
		}
	})
	t.Run("GOGC has the last word", func(t *testing.T) {
		if set := percents("50"); len(set) != 0 {
			t.Errorf("percent = %d", <-set)
		}
	})
}

// swept sweeps the heap and waits until what nobody holds has been finalized.
func swept(t *testing.T) {
	t.Helper()
	done := make(chan struct{})
	runtime.SetFinalizer(&[]byte{0}, func(*[]byte) { close(done) })
	runtime.GC()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("nothing was finalized")
	}
}

func reader(environment map[string]string) func(string) string {
	return func(name string) string { return environment[name] }
}

func writer(environment map[string]string) func(string, string) error {
	return func(name, value string) error { environment[name] = value; return nil }
}
