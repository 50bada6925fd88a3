package store

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/store/conn"
)

// noLog is the default logger.
var noLog = slog.New(slog.DiscardHandler)

// logs are the store's loggers. They log verbs, tables, counts and times, and
// never a value, a statement's text or an error's, which may hold a value.
type logs struct {
	store *slog.Logger // statements and the cache
	lock  *slog.Logger
}

func newLogs(log *slog.Logger) logs {
	if log == nil {
		return logs{noLog, noLog}
	}
	return logs{log.WithGroup("store"), log.WithGroup("lock")}
}

// statement logs one statement: its verb and table, how many rows it returned or
// found, and how long it took with the wait for a connection.
func (l logs) statement(ctx context.Context, text string, began time.Time, rows int64, err error) {
	if !l.store.Enabled(ctx, slog.LevelDebug) {
		return
	}
	verb, table := verbAndTable(text)
	attrs := []slog.Attr{
		slog.String("verb", verb), slog.String("table", table),
		slog.Int64("rows", rows), slog.Int64("ms", time.Since(began).Milliseconds()),
	}
	if err != nil {
		attrs = append(attrs, slog.String("failure", failure(err)))
	}
	l.store.LogAttrs(ctx, slog.LevelDebug, "statement", attrs...)
}

// cache returns the function that logs reads of a cached query: "load" runs the
// query, "shared" uses the result of another reader.
func (l logs) cache(name string) func(ctx context.Context, result string) {
	return func(ctx context.Context, result string) {
		l.store.LogAttrs(ctx, slog.LevelDebug, "cache", slog.String("query", name), slog.String("result", result))
	}
}

// since logs a duration.
func since(ctx context.Context, log *slog.Logger, message string, began time.Time) {
	log.LogAttrs(ctx, slog.LevelDebug, message, slog.Int64("ms", time.Since(began).Milliseconds()))
}

// verbAndTable returns the first word of a statement and the first table in it.
// Statements have placeholders instead of values.
func verbAndTable(text string) (verb, table string) {
	words := strings.Fields(text)
	for i, word := range words {
		switch word {
		case "FROM", "INTO", "UPDATE":
			if i+1 < len(words) && words[i+1] != "DUAL" && !strings.HasPrefix(words[i+1], "(") {
				return words[0], strings.Trim(words[i+1], "(),")
			}
		}
	}
	if len(words) == 0 {
		return "", ""
	}
	return words[0], ""
}

// failure names the cause of a failed statement without the error's text.
func failure(err error) string {
	var connecting *conn.Error
	number, answered := conn.ErrorNumber(err)
	switch {
	case errors.As(err, &connecting):
		return "not connected: " + string(connecting.Failure)
	case answered:
		return "error " + strconv.Itoa(int(number))
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case isLostConnection(err):
		return "connection lost"
	default:
		return "other"
	}
}
