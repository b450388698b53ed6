package restore

import (
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// CheckNames returns why a set cannot be written below a folder of this machine: limits are
// those of its file system. It is the one gate for names that come from servers and
// manifests: what climbs out of the folder, is absolute, or names a drive, a stream or a
// device, control characters, names that end in a blank or a dot, two names that are one
// where case does not matter, and a file in the place of a folder. The error wraps
// providers.ErrName.
func CheckNames(s Set, limits providers.Limits) error {
	if err := checkKey(s.Key, s.Folder); err != nil {
		return err
	}
	if err := checkPath(limits, s.Folder); err != nil {
		return err
	}
	files, folders := map[string]string{}, map[string]string{}
	for _, f := range s.Files {
		if err := checkPath(limits, f.Path); err != nil { // before it is joined, which would hide a path that climbs
			return err
		}
		if err := limits.CheckPath(path.Join(s.Folder, f.Path)); err != nil {
			return err
		}
		if state.IsOurs(state.Folded(f.Path)) {
			return fmt.Errorf("%q is the name of a file that vmxsync adds to the set: %w", f.Path, providers.ErrName)
		}
		if f.Size < 0 || f.Size > maxSize {
			return fmt.Errorf("%q has %d bytes: %w", f.Path, f.Size, providers.ErrName)
		}
		if other, there := files[state.Folded(f.Path)]; there {
			return clash(other, f.Path)
		}
		files[state.Folded(f.Path)] = f.Path
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if other, there := folders[state.Folded(dir)]; there && other != dir {
				return clash(other, dir)
			}
			folders[state.Folded(dir)] = dir
		}
	}
	for folded, dir := range folders {
		if other, there := files[folded]; there {
			return clash(other, dir)
		}
	}
	return nil
}

// maxSize is where a number in JSON stops being exact.
const maxSize = 1 << 53

// checkKey proves that the folder is that of the set, two elements below To.
func checkKey(k state.Key, folder string) error {
	if _, err := state.ParseStamp(string(k.Stamp)); err != nil {
		return fmt.Errorf("%w: %w", err, providers.ErrName)
	}
	if err := providers.CheckName(k.VM); err != nil {
		return err
	}
	if folder != k.String() {
		return fmt.Errorf("%q is not the folder of %s: %w", folder, k, providers.ErrName)
	}
	return nil
}

// checkPath is CheckPath of the limits, for a path that is no folder itself.
func checkPath(limits providers.Limits, p string) error {
	if p == "." {
		return badPath(p)
	}
	return limits.CheckPath(p)
}

func badPath(p string) error {
	return fmt.Errorf("%q is not a path below a folder: %w", p, providers.ErrName)
}

func clash(a, b string) error {
	if a > b {
		a, b = b, a
	}
	return fmt.Errorf("%q and %q are the same name where case does not matter: %w", a, b, providers.ErrName)
}
