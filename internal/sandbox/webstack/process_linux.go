package webstack

import "syscall"

// killedWithParent makes the kernel kill the child when its parent ends, even by
// kill -9, and gives it its own process group.
func killedWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// inNewNamespace gives the child a network namespace of its own as well.
func inNewNamespace() *syscall.SysProcAttr {
	attributes := killedWithParent()
	attributes.Cloneflags = syscall.CLONE_NEWNET
	return attributes
}
