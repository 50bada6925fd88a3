package configfile_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configfile"
)

func TestPending_lastsUntilItIsCleared(t *testing.T) {
	file := configfile.File{Path: filepath.Join(t.TempDir(), "proxy.conf"), Mode: 0o640}
	if file.IsPending() {
		t.Fatal("pending from the start")
	}
	if err := errors.Join(file.MarkPending(), file.Write([]byte("text"))); err != nil || !file.IsPending() {
		t.Fatalf("not pending after a write: %v", err)
	}
	if err := errors.Join(file.ClearPending(), file.ClearPending()); err != nil || file.IsPending() {
		t.Fatalf("pending after it was cleared: %v", err)
	}
	if err := errors.Join(file.MarkPending(), file.Remove()); err != nil || file.IsPending() {
		t.Fatalf("pending without a file: %v", err)
	}
}
