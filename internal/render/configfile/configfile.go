package configfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

// File describes the file of a text.
type File struct {
	Path string
	Mode fs.FileMode // permission bits
	// Owner is "user" or "user:group", by name or number; if it is empty, the owner
	// is not changed.
	Owner string
	// Backup keeps the text that is replaced or removed at Path + ".bak".
	Backup bool
}

// BackupSuffix is the suffix of the file with the previous text.
const BackupSuffix = ".bak"

// ParseMode parses permission bits in octal: "0640".
func ParseMode(text string) (fs.FileMode, error) {
	bits, err := strconv.ParseUint(text, 8, 32)
	if err != nil || bits > 0o777 || len(text) < 3 {
		return 0, fmt.Errorf("mode %q: want octal permission bits such as 0640", text)
	}
	return fs.FileMode(bits), nil
}

// Write replaces the file atomically: readers see the old or the new text. If the
// text is equal, only the mode and owner are set. A symbolic link is followed.
func (f File) Write(text []byte) error {
	target, err := f.target()
	if err != nil {
		return err
	}
	account, err := f.account(target)
	if err != nil {
		return err
	}
	old, err := os.ReadFile(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case bytes.Equal(old, text):
		return errors.Join(os.Chmod(target, f.Mode), account.give(target))
	case f.Backup:
		if err := f.backup(target, old); err != nil {
			return fmt.Errorf("keep the last text: %w", err)
		}
	}
	return replace(target, text, f.Mode, account)
}

// Remove removes the file. A missing file is no error.
func (f File) Remove() error {
	target, err := f.target()
	if err != nil {
		return err
	}
	if err := f.ClearPending(); err != nil {
		return err
	}
	old, err := os.ReadFile(target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if f.Backup {
		if err := f.backup(target, old); err != nil {
			return fmt.Errorf("keep the last text: %w", err)
		}
	}
	return os.Remove(target)
}

// Read returns the text. The error is [fs.ErrNotExist] for a missing file.
func (f File) Read() ([]byte, error) { return os.ReadFile(f.Path) }

// Deviations describes how the file's mode and owner differ from the wanted ones, a
// line each.
func (f File) Deviations() ([]string, error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return nil, err
	}
	var lines []string
	if mode := info.Mode().Perm(); mode != f.Mode {
		lines = append(lines, fmt.Sprintf("file: mode is %04o, not %04o", mode, f.Mode))
	}
	if f.Owner == "" {
		return lines, nil
	}
	want, err := f.wanted()
	if err != nil {
		return nil, err
	}
	have := owning(info)
	if want.user >= 0 && want.user != have.user || want.group >= 0 && want.group != have.group {
		lines = append(lines, fmt.Sprintf("file: owner is %d:%d, not %s", have.user, have.group, f.Owner))
	}
	return lines, nil
}

// target returns the target of a symbolic link, even if it does not exist, so that
// the link is kept.
func (f File) target() (string, error) {
	target, err := filepath.EvalSymlinks(f.Path)
	if !errors.Is(err, fs.ErrNotExist) {
		return target, err
	}
	link, err := os.Readlink(f.Path)
	if err != nil {
		return f.Path, nil //nolint:nilerr // no file and no link: it will be a file
	}
	if !filepath.IsAbs(link) {
		link = filepath.Join(filepath.Dir(f.Path), link)
	}
	return File{Path: link}.target()
}

// backup writes the previous text with the mode and owner of the file.
func (f File) backup(target string, old []byte) error {
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	return replace(f.Path+BackupSuffix, old, info.Mode().Perm(), owning(info))
}

// replace writes a temporary file and renames it, which is the only visible step.
func replace(target string, text []byte, mode fs.FileMode, account ownership) (err error) {
	beside, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return fmt.Errorf("%s is written beside its place first, and no file can be made there: %w", target, errors.Unwrap(err))
	}
	defer func() {
		if err != nil {
			_ = os.Remove(beside.Name())
		}
	}()
	_, err = beside.Write(text)
	if err := errors.Join(err, beside.Sync(), beside.Close()); err != nil {
		return err
	}
	if err := errors.Join(os.Chmod(beside.Name(), mode), account.give(beside.Name())); err != nil {
		return err
	}
	if err := os.Rename(beside.Name(), target); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(target))
}

// syncDirectory makes the new name durable.
func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	_ = directory.Sync() // not every file system supports it
	return directory.Close()
}

// ownership is the ids of a user and a group; -1 does not change one.
type ownership struct{ user, group int }

func (o ownership) give(path string) error {
	if o.user < 0 && o.group < 0 {
		return nil
	}
	return os.Chown(path, o.user, o.group)
}

// account returns the owner to set: the wanted one, or the current one.
func (f File) account(target string) (ownership, error) {
	if f.Owner != "" {
		return f.wanted()
	}
	info, err := os.Stat(target)
	if err != nil || os.Geteuid() != 0 {
		return ownership{-1, -1}, nil //nolint:nilerr // no file yet: it belongs to whoever writes it
	}
	return owning(info), nil
}

func (f File) wanted() (ownership, error) {
	name, groupName, hasGroup := strings.Cut(f.Owner, ":")
	want := ownership{-1, -1}
	var err error
	if name != "" {
		if want.user, err = number(name, user.Lookup, func(u *user.User) string { return u.Uid }); err != nil {
			return want, fmt.Errorf("owner %q: %w", f.Owner, err)
		}
	}
	if hasGroup {
		if want.group, err = number(groupName, user.LookupGroup, func(g *user.Group) string { return g.Gid }); err != nil {
			return want, fmt.Errorf("owner %q: %w", f.Owner, err)
		}
	}
	return want, nil
}

// number parses an id or looks up a name.
func number[T any](text string, look func(string) (T, error), id func(T) string) (int, error) {
	if id, err := strconv.Atoi(text); err == nil && id >= 0 {
		return id, nil
	}
	found, err := look(text)
	if err != nil {
		return -1, err
	}
	return strconv.Atoi(id(found))
}
