//go:build !linux

package sandbox

import "testing"

func TestMain(m *testing.M) { Main(m) }
