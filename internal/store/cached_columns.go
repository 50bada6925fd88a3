package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// cachedColumns are the cached reads of a table of many columns, one for each choice
// of columns that was asked for.
type cachedColumns[T any] struct {
	log   func(ctx context.Context, result string)
	table cluster.Table

	mu      sync.Mutex
	queries map[string]*cachedQuery[T]
}

// get reads some columns, which read gets sorted.
func (c *cachedColumns[T]) get(ctx context.Context, columns []string, read func(context.Context, []string) (T, error)) (T, error) {
	columns = slices.Clone(columns)
	slices.Sort(columns)
	key := strings.Join(columns, ",")
	c.mu.Lock()
	chosen := c.queries[key]
	if chosen == nil {
		chosen = &cachedQuery[T]{read: func(ctx context.Context) (T, error) { return read(ctx, columns) }, log: c.log}
		if c.queries == nil {
			c.queries = map[string]*cachedQuery[T]{}
		}
		c.queries[key] = chosen
	}
	c.mu.Unlock()
	return chosen.get(ctx)
}

func (c *cachedColumns[T]) invalidate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, chosen := range c.queries {
		chosen.invalidate()
	}
}

func (c *cachedColumns[T]) written(_ context.Context, steps []writtenStep) {
	if slices.ContainsFunc(steps, func(step writtenStep) bool { return step.Table == c.table }) {
		c.invalidate()
	}
}

// shareTexts returns a function that makes values of columns and keeps each text
// once, however many rows have it.
func shareTexts() func(sql.RawBytes) cluster.Value {
	texts := map[string]string{}
	return func(raw sql.RawBytes) cluster.Value {
		if raw == nil {
			return cluster.Null
		}
		text, known := texts[string(raw)]
		if !known {
			text = string(raw)
			texts[text] = text
		}
		return cluster.Text(text)
	}
}
