package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/hclconfig/starter"
	"github.com/vmxsync/vmxsync/providers"
)

// writeDraft writes a new configuration completely or not at all, as vmxsync writes
// a set: into a folder of its own, where it is checked, and then moved to its place.
// It replaces nothing.
func writeDraft(dir string, draft starter.Draft, drivers []providers.Driver) (err error) {
	if err := checkUnoccupied(dir, draft); err != nil {
		return err
	}
	const summary = "The configuration cannot be written"
	made, err := makeDirs(dir)
	defer func() {
		for _, d := range made {
			if err != nil {
				os.Remove(d) // only if it is empty
			}
		}
	}()
	if err != nil {
		return failure.New(summary, err)
	}
	staging, err := os.MkdirTemp(dir, ".vmxsync-init-*") // 0700
	if err != nil {
		return failure.New(summary, err)
	}
	defer os.RemoveAll(staging)
	for _, f := range draft.Files {
		if err := writeNew(filepath.Join(staging, filepath.FromSlash(f.Path)), f); err != nil {
			return failure.New(summary, err)
		}
	}
	if err := valid(staging, drivers); err != nil {
		return err
	}
	return failure.New(summary, publish(staging, dir, topNames(draft)))
}

// topNames returns the names in the configuration directory, in the order of the files.
func topNames(draft starter.Draft) []string {
	var names []string
	for _, f := range draft.Files {
		top, _, _ := strings.Cut(f.Path, "/")
		if !slices.Contains(names, top) {
			names = append(names, top)
		}
	}
	return names
}

// checkUnoccupied refuses a directory with a configuration, or with files of the same
// names as the draft.
func checkUnoccupied(dir string, draft starter.Draft) error {
	found, err := confdir.Configured(dir)
	if err != nil {
		return failure.New("The configuration cannot be written", err)
	}
	for _, name := range topNames(draft) {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return failure.New("Files exist already", failure.Hinted(fmt.Errorf("%s contains %s; nothing was written", providers.Escape(dir), providers.Escape(strings.Join(found, ", "))),
		"Name an empty folder: vmxsync init DIR. Existing files are never overwritten."))
}

// makeDirs makes a folder and those above it, and returns the new ones, the
// deepest first.
func makeDirs(dir string) (made []string, err error) {
	dir, err = filepath.Abs(dir)
	for d := dir; err == nil; d = filepath.Dir(d) {
		if _, missing := os.Lstat(d); !errors.Is(missing, fs.ErrNotExist) {
			break
		}
		made = append(made, d)
	}
	if err != nil {
		return nil, err
	}
	return made, os.MkdirAll(dir, 0o777)
}

// writeNew writes one file. A secret file is readable by its owner only, from the
// first byte on.
func writeNew(path string, f starter.File) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	mode := fs.FileMode(0o666)
	if f.Secret {
		mode = 0o600
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(f.Content)
	return errors.Join(err, file.Sync(), file.Close())
}

// valid loads the written configuration. It is only invalid if a text of the script
// has a meaning for vmxsync that the conversion does not know.
func valid(dir string, drivers []providers.Driver) error {
	_, _, diags := hclconfig.Load(hclconfig.Options{Dir: dir, Drivers: drivers, Hostname: "localhost"})
	if !diags.HasErrors() {
		return nil
	}
	return failure.Config(append(diag.Diagnostics{failure.Diagnostic("The converted configuration is not valid", "Nothing was written. The vmxsync.hcl of this conversion would have the errors below.", "")}, diags...))
}

// publish moves what is in staging to its place, all or nothing.
func publish(staging, dir string, names []string) error {
	for i, name := range names {
		if err := moveNew(filepath.Join(staging, name), filepath.Join(dir, name)); err != nil {
			for _, done := range names[:i] {
				err = errors.Join(err, os.Rename(filepath.Join(dir, done), filepath.Join(staging, done)))
			}
			return err
		}
	}
	return nil
}

// moveNew moves a file or a folder to a name that does not exist. For files a link
// does that atomically, if the file system has links.
func moveNew(from, to string) error {
	if err := os.Link(from, to); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return &fs.PathError{Op: "create", Path: to, Err: fs.ErrExist}
	}
	return os.Rename(from, to)
}
