package sandbox

import (
	"os"
	"path/filepath"
	"syscall"
)

// dyingWithParent lets the kernel kill the child when its parent is gone, even
// by kill -9, and keeps a terminal's interrupt away from it.
func dyingWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

const lockName = "lock"

// lockFolder marks a folder as in use for as long as this process lives. The
// file gets its name when it is locked, so that nobody finds it unlocked.
func lockFolder(folder string) (*os.File, error) {
	early := filepath.Join(folder, lockName+".new")
	file, err := os.OpenFile(early, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, err
	}
	if err := os.Rename(early, filepath.Join(folder, lockName)); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// sweep removes the folders whose owners were killed before they could clean
// up. Their servers are dead already.
func sweep(parent string) {
	locks, err := filepath.Glob(filepath.Join(parent, folderPrefix+"*", lockName))
	if err != nil {
		return
	}
	for _, name := range locks {
		file, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue // gone, or somebody else's
		}
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(filepath.Dir(name)) // what stays is swept the next time
		}
		_ = file.Close()
	}
}

// freeBytes is how much room a folder's file system has; 0 where there is none.
func freeBytes(folder string) uint64 {
	var found syscall.Statfs_t
	if err := syscall.Statfs(folder, &found); err != nil || found.Bsize < 0 {
		return 0
	}
	return found.Bavail * uint64(found.Bsize)
}
