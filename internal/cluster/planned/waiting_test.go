package planned_test

import (
	"fmt"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
)

func TestWaiting(t *testing.T) {
	t.Parallel()
	var waiting planned.Waiting[int]
	if !waiting.AddWaitingWrite("a", 1) || waiting.AddWaitingWrite("b", 2) || waiting.AddWaitingWrite("a", 3) {
		t.Error("not the first one alone waits")
	}
	if got := fmt.Sprint(waiting.WaitingWrites()); got != "map[a:3 b:2]" {
		t.Errorf("the writes are %s", got)
	}
	waiting.RemoveWaitingWrite("a")
	if waiting.WaitingDone() {
		t.Error("the waiting ends before b is written")
	}
	waiting.RemoveWaitingWrite("b")
	if !waiting.WaitingDone() || !waiting.AddWaitingWrite("c", 4) {
		t.Error("the waiting does not end, or the next one does not wait")
	}
	if got := fmt.Sprint(waiting.CancelWaiting()); got != "[c]" || !waiting.AddWaitingWrite("d", 5) {
		t.Errorf("GiveUpWaiting returns %s, or leaves somebody waiting", got)
	}
}
