package main

import (
	"maps"
	"runtime"
	"testing"
	"time"
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

func TestTuneGC(t *testing.T) {
	percents := func(gogc string) chan int {
		set := make(chan int, 2)
		tuneGC(reader(map[string]string{"GOGC": gogc}), func(to int) int { set <- to; return 100 })
		return set
	}
	t.Run("the percentage rises after the first collections", func(t *testing.T) {
		before := collections() // others than those of this test happen as well
		set := percents("")
		if first := <-set; first != initialGCPercent {
			t.Errorf("first percentage = %d, want %d", first, initialGCPercent)
		}
		for len(set) == 0 && collections()-before < 10*initialCollections {
			collect(t)
		}
		if after := collections() - before; after < initialCollections || len(set) == 0 {
			t.Fatalf("the percentage was set %d times more after %d collections", len(set), after)
		}
		if later := <-set; later != steadyGCPercent {
			t.Errorf("later percentage = %d, want %d", later, steadyGCPercent)
		}
	})
	t.Run("GOGC is set", func(t *testing.T) {
		if set := percents("50"); len(set) != 0 {
			t.Errorf("percent = %d", <-set)
		}
	})
}

// collections returns how many garbage collections there were.
func collections() uint32 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.NumGC
}

// collect runs the garbage collector and waits until it has finalized an unreachable object.
func collect(t *testing.T) {
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
