package webstack

import "syscall"

// dyingWithParent lets the kernel kill the child when its parent is gone, even
// by kill -9, and gives it a process group of its own.
func dyingWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
