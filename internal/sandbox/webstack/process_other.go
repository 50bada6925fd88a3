//go:build !linux

package webstack

import "syscall"

// dyingWithParent gives the child a process group of its own; a death of its
// parent it does not hear of here.
func dyingWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
