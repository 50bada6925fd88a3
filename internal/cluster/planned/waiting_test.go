package planned_test

import (
	"fmt"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
)

func TestWaiting(t *testing.T) {
	t.Parallel()
	var waiting planned.Waiting[int]
	if !waiting.Add("a", 1) || waiting.Add("b", 2) || waiting.Add("a", 3) {
		t.Error("not the first one alone waits")
	}
	if got := fmt.Sprint(waiting.All()); got != "map[a:3 b:2]" {
		t.Errorf("the writes are %s", got)
	}
	waiting.Remove("a")
	if waiting.Done() {
		t.Error("the waiting ends before b is written")
	}
	waiting.Remove("b")
	if !waiting.Done() || !waiting.Add("c", 4) {
		t.Error("the waiting does not end, or the next one does not wait")
	}
	if got := fmt.Sprint(waiting.Cancel()); got != "[c]" || !waiting.Add("d", 5) {
		t.Errorf("GiveUpWaiting returns %s, or leaves somebody waiting", got)
	}
}
