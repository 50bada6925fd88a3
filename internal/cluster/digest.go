package cluster

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// Digest returns a short hash of the values of columns, by which a row is known that
// somebody changed. Of a column that may hold a password only the length counts.
func Digest(columns []string, values []Value) string {
	hash := fnv.New32a()
	for i, column := range columns {
		if text := values[i].Text; OnlyLengthCounts(column) {
			_, _ = fmt.Fprintf(hash, "%s\x00%d\x00", column, len(text))
		} else {
			_, _ = fmt.Fprintf(hash, "%s\x00%s\x00", column, text)
		}
	}
	return fmt.Sprintf("%08x", hash.Sum32())
}

// OnlyLengthCounts reports whether a digest has only the length of a column.
func OnlyLengthCounts(column string) bool {
	return MayHoldPassword(column) || strings.HasSuffix(column, "pass") || strings.HasSuffix(column, "secret")
}
