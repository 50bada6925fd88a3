package sandbox

import (
	"os"
	"path/filepath"
	"syscall"
)

// killedWithParent makes the kernel kill the child when its parent ends, even by
// kill -9, and protects it from a terminal's interrupt.
func killedWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

const lockName = "lock"

// lockFolder marks a folder as in use while this process runs. The file gets its
// name when it is locked, so that it is never visible unlocked.
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

// removeStaleFolders removes the folders of killed processes. Their servers have
// ended too.
func removeStaleFolders(parent string) {
	locks, err := filepath.Glob(filepath.Join(parent, folderPrefix+"*", lockName))
	if err != nil {
		return
	}
	for _, name := range locks {
		file, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue // removed, or of another user
		}
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(filepath.Dir(name)) // the next start tries again
		}
		_ = file.Close()
	}
}

// freeBytes returns the free space of a folder's file system, or 0 if there is
// none.
func freeBytes(folder string) uint64 {
	var found syscall.Statfs_t
	if err := syscall.Statfs(folder, &found); err != nil || found.Bsize < 0 {
		return 0
	}
	return found.Bavail * uint64(found.Bsize)
}
