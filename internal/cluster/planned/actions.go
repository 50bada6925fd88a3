package planned

import (
	"sync"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Actions are the rows that actions have written, so that an update which finds a row
// changed since it was planned can name the action that changed it. The zero value
// holds none. All methods may be called concurrently.
type Actions struct {
	mu      sync.Mutex
	written map[rowKey]string
}

type rowKey struct {
	table cluster.Table
	key   string
}

// DropActions removes all rows: another run has planned with what they say now.
func (a *Actions) DropActions() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.written = nil
}

// AddActionRows adds the rows that an action updates by a key of one column.
func (a *Actions) AddActionRows(action string, plan cluster.Plan) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, step := range plan.Steps {
		for _, key := range step.Key {
			if step.Verb == cluster.Update && len(step.Key) == 1 {
				put(&a.written, rowKey{step.Table, cluster.FoldKey(key.Text)}, action)
			}
		}
	}
}

// ConflictWithAction returns a conflict over a row with the name of the action that has
// written it, and any other error as it is.
func (a *Actions) ConflictWithAction(err error, table cluster.Table, key string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	action := a.written[rowKey{table, cluster.FoldKey(key)}]
	if action == "" {
		return err
	}
	return cluster.ConflictWithAction(err, action)
}
