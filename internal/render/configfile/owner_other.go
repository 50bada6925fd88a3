//go:build !unix

package configfile

import "io/fs"

// owning returns -1, since files have no numeric owner.
func owning(fs.FileInfo) ownership { return ownership{-1, -1} }
