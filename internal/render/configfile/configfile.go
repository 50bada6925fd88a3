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

// File is how a text is kept.
type File struct {
	Path string
	Mode fs.FileMode // permission bits
	// Owner is "user" or "user:group", by name or number; empty leaves what the
	// file has, and a new file with whoever writes it.
	Owner string
	// Backup keeps the text that is replaced or removed at Path + ".bak".
	Backup bool
}

// BackupEnding is what the last text's file name ends with.
const BackupEnding = ".bak"

// ParseMode reads permission bits in octal: "0640".
func ParseMode(text string) (fs.FileMode, error) {
	bits, err := strconv.ParseUint(text, 8, 32)
	if err != nil || bits > 0o777 || len(text) < 3 {
		return 0, fmt.Errorf("mode %q: want octal permission bits such as 0640", text)
	}
	return fs.FileMode(bits), nil
}

// Write puts the text in the file's place, all at once: who reads the file
// meanwhile sees the old text or the new one. A file that says the same already
// is left, but for its mode and owner. A symbolic link is followed.
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

// Remove takes the file away; one that is gone already is fine.
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

// Read is the text that is there; the error is [fs.ErrNotExist] for none.
func (f File) Read() ([]byte, error) { return os.ReadFile(f.Path) }

// Deviations says how the file's mode and owner differ from what is wanted, a
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
	has := owning(info)
	if want.user >= 0 && want.user != has.user || want.group >= 0 && want.group != has.group {
		lines = append(lines, fmt.Sprintf("file: owner is %d:%d, not %s", has.user, has.group, f.Owner))
	}
	return lines, nil
}

// target follows a link, so that the link stays and the text behind it changes,
// even if there is none yet.
func (f File) target() (string, error) {
	behind, err := filepath.EvalSymlinks(f.Path)
	if !errors.Is(err, fs.ErrNotExist) {
		return behind, err
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

// backup keeps a text as its own file had it: readable by no one else.
func (f File) backup(target string, old []byte) error {
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	return replace(f.Path+BackupEnding, old, info.Mode().Perm(), owning(info))
}

// replace writes beside the file and then takes its name, which is the only
// step that others see.
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

// syncDirectory makes the new name last through a power cut.
func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	_ = directory.Sync() // not every file system can
	return directory.Close()
}

// ownership is a user's and a group's number; -1 leaves one as it is.
type ownership struct{ user, group int }

func (o ownership) give(path string) error {
	if o.user < 0 && o.group < 0 {
		return nil
	}
	return os.Chown(path, o.user, o.group)
}

// account is who the file will belong to: as wanted, or as it does now.
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
		if want.user, err = number(name, func() (string, error) {
			found, err := user.Lookup(name)
			if err != nil {
				return "", err
			}
			return found.Uid, nil
		}); err != nil {
			return want, fmt.Errorf("owner %q: %w", f.Owner, err)
		}
	}
	if hasGroup {
		if want.group, err = number(groupName, func() (string, error) {
			found, err := user.LookupGroup(groupName)
			if err != nil {
				return "", err
			}
			return found.Gid, nil
		}); err != nil {
			return want, fmt.Errorf("owner %q: %w", f.Owner, err)
		}
	}
	return want, nil
}

// number reads an id, looking a name up.
func number(text string, look func() (string, error)) (int, error) {
	if id, err := strconv.Atoi(text); err == nil && id >= 0 {
		return id, nil
	}
	found, err := look()
	if err != nil {
		return -1, err
	}
	return strconv.Atoi(found)
}
