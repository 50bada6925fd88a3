//go:build !linux

package sandbox

import (
	"os"
	"path/filepath"
	"syscall"
)

// dyingWithParent has no counterpart here: a test process that is killed leaves
// its server behind.
func dyingWithParent() *syscall.SysProcAttr { return nil }

func lockFolder(folder string) (*os.File, error) {
	return os.Create(filepath.Join(folder, "lock"))
}

// sweep leaves folders alone, since their servers may still run.
func sweep(string) {}

// freeBytes finds no file system in memory here.
func freeBytes(string) uint64 { return 0 }
