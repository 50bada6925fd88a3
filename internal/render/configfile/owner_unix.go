//go:build unix

package configfile

import (
	"io/fs"
	"syscall"
)

// owning returns the user and group of a file.
func owning(info fs.FileInfo) ownership {
	if status, ok := info.Sys().(*syscall.Stat_t); ok {
		return ownership{int(status.Uid), int(status.Gid)}
	}
	return ownership{-1, -1}
}
