package cluster_test

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

func TestMemo(t *testing.T) {
	var memo cluster.Memo[int, int]
	calls := 0
	double := func(n int) int { calls++; return 2 * n }
	for range 3 {
		for n := range 100 {
			if got := memo.Get(n, double); got != 2*n {
				t.Fatalf("got %d of %d", got, n)
			}
		}
	}
	if calls != 100 {
		t.Errorf("%d calls for 100 keys", calls)
	}
	for n := range 10_000 { // more than are kept
		if got := memo.Get(n, double); got != 2*n {
			t.Fatalf("got %d of %d", got, n)
		}
	}
}
