package configfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// marker is an empty file beside the text. It means that the text may have been
// written and not read yet. It persists after a failed reload, a killed process and
// a lost state.
func (f File) marker() string {
	return filepath.Join(filepath.Dir(f.Path), "."+filepath.Base(f.Path)+".reload")
}

// MarkPending notes that the program which reads the file has to read it. It comes
// before [File.Write].
func (f File) MarkPending() error { return os.WriteFile(f.marker(), nil, 0o600) }

// ClearPending notes that the program has read the file.
func (f File) ClearPending() error {
	if err := os.Remove(f.marker()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// IsPending reports whether the program still has to read the file.
func (f File) IsPending() bool {
	_, err := os.Stat(f.marker())
	return err == nil
}
