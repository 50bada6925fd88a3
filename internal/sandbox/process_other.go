//go:build !linux

package sandbox

import (
	"os"
	"path/filepath"
	"syscall"
)

// killedWithParent does nothing here: a killed test process leaves its server
// running.
func killedWithParent() *syscall.SysProcAttr { return nil }

func lockFolder(folder string) (*os.File, error) {
	return os.Create(filepath.Join(folder, "lock"))
}

// removeStaleFolders does nothing, since servers may still run.
func removeStaleFolders(string) {}

// freeBytes returns 0: there is no file system in memory.
func freeBytes(string) uint64 { return 0 }
