//go:build !linux

package webstack

import "syscall"

// killedWithParent gives the child its own process group. It outlives its parent
// here.
func killedWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
