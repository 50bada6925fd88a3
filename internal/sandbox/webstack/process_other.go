//go:build !linux

package webstack

import "syscall"

// killedWithParent gives the child its own process group. It outlives its parent
// here.
func killedWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// inNewNamespace does not exist here: the child shares its parent's network, which
// has addresses, so that there is no [Network].
func inNewNamespace() *syscall.SysProcAttr { return killedWithParent() }
