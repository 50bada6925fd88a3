package configfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configfile"
)

func aFile(t *testing.T) configfile.File {
	return configfile.File{Path: filepath.Join(t.TempDir(), "proxy.cfg"), Mode: 0o640, Backup: true}
}

func TestFile(t *testing.T) {
	t.Run("the text that is replaced is kept beside the file", func(t *testing.T) {
		f := aFile(t)
		write(t, f, "one")
		write(t, f, "two")
		if got := read(t, f.Path); got != "two" {
			t.Fatalf("file says %q", got)
		}
		if got := read(t, f.Path+configfile.BackupSuffix); got != "one" {
			t.Fatalf("backup says %q", got)
		}
	})
	t.Run("the same text again leaves the backup alone", func(t *testing.T) {
		f := aFile(t)
		for _, text := range []string{"one", "two", "two"} {
			write(t, f, text)
		}
		if got := read(t, f.Path+configfile.BackupSuffix); got != "one" {
			t.Fatalf("backup says %q", got)
		}
	})
	t.Run("a directory that takes no file leaves the old text", func(t *testing.T) {
		f := aFile(t)
		write(t, f, "one")
		if err := os.Mkdir(f.Path+configfile.BackupSuffix, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := f.Write([]byte("two")); err == nil {
			t.Fatal("wrote although the last text could not be kept")
		}
		if got := read(t, f.Path); got != "one" {
			t.Fatalf("file says %q", got)
		}
	})
	t.Run("a folder that takes no file is reported by the file's own name", func(t *testing.T) {
		f := aFile(t)
		f.Path = filepath.Join(f.Path, "nowhere", "proxy.cfg")
		err := f.Write([]byte("one"))
		if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), f.Path+" is written beside") || strings.Contains(err.Error(), ".proxy.cfg.") {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("nothing is left behind but the file and its last text", func(t *testing.T) {
		f := aFile(t)
		write(t, f, "one")
		write(t, f, "two")
		entries, err := os.ReadDir(filepath.Dir(f.Path))
		if err != nil || len(entries) != 2 {
			t.Fatalf("got %v, %v", entries, err)
		}
	})
	t.Run("a symbolic link stays one", func(t *testing.T) {
		f := aFile(t)
		behind := filepath.Join(t.TempDir(), "behind.cfg")
		if err := os.WriteFile(behind, []byte("one"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(behind, f.Path); err != nil {
			t.Fatal(err)
		}
		write(t, f, "two")
		info, err := os.Lstat(f.Path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 || read(t, behind) != "two" {
			t.Fatalf("link %v, %v; behind it %q", info, err, read(t, behind))
		}
	})
	t.Run("even one that leads nowhere yet", func(t *testing.T) {
		f := aFile(t)
		if err := os.Symlink("behind.cfg", f.Path); err != nil {
			t.Fatal(err)
		}
		write(t, f, "one")
		info, err := os.Lstat(f.Path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 || read(t, filepath.Join(filepath.Dir(f.Path), "behind.cfg")) != "one" {
			t.Fatalf("link %v, %v", info, err)
		}
	})
	t.Run("a link that leads to itself is an error", func(t *testing.T) {
		f := aFile(t)
		if err := os.Symlink(filepath.Base(f.Path), f.Path); err != nil {
			t.Fatal(err)
		}
		if err := f.Write([]byte("one")); err == nil {
			t.Fatal("wrote")
		}
	})
	t.Run("another mode is a deviation, and writing mends it", func(t *testing.T) {
		f := aFile(t)
		write(t, f, "one")
		if err := os.Chmod(f.Path, 0o600); err != nil {
			t.Fatal(err)
		}
		lines, err := f.Deviations()
		if err != nil || len(lines) != 1 || lines[0] != "file: mode is 0600, not 0640" {
			t.Fatalf("got %q, %v", lines, err)
		}
		write(t, f, "one")
		if lines, err := f.Deviations(); err != nil || len(lines) != 0 {
			t.Fatalf("got %q, %v", lines, err)
		}
	})
	t.Run("an owner that does not exist is an error before anything is written", func(t *testing.T) {
		f := aFile(t)
		f.Owner = "nobody-of-that-name"
		if err := f.Write([]byte("one")); err == nil {
			t.Fatal("wrote for an owner that does not exist")
		}
		if _, err := os.Stat(f.Path); !os.IsNotExist(err) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("removing keeps the last text, and can be done twice", func(t *testing.T) {
		f := aFile(t)
		write(t, f, "one")
		for range 2 {
			if err := f.Remove(); err != nil {
				t.Fatal(err)
			}
		}
		if got := read(t, f.Path+configfile.BackupSuffix); got != "one" {
			t.Fatalf("backup says %q", got)
		}
	})
	t.Run("a mode is octal", func(t *testing.T) {
		if mode, err := configfile.ParseMode("0640"); err != nil || mode != 0o640 {
			t.Fatalf("got %v, %v", mode, err)
		}
		for _, text := range []string{"", "rw", "0888", "01777", "-640"} {
			if _, err := configfile.ParseMode(text); err == nil {
				t.Fatalf("took %q", text)
			}
		}
	})
}

func write(t *testing.T, f configfile.File, text string) {
	t.Helper()
	if err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
