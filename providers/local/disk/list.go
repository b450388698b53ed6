package disk

import (
	"context"
	"os"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
)

// List returns the entries of dir below root, sorted by name.
func List(ctx context.Context, root *os.Root, dir string) ([]providers.File, error) {
	info, err := Stat(root, dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, errNotDir
	}
	folder, err := root.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := readNames(folder)
	if err != nil {
		return nil, err
	}
	return describe(ctx, folder, dir, names)
}

// describe looks at each name in folder, which is the directory dir.
func describe(ctx context.Context, folder *os.Root, dir string, names []string) ([]providers.File, error) {
	files := make([]providers.File, 0, len(names))
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		info, err := lstat(folder, name)
		if IsMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, File(below(dir, name), info))
	}
	return files, nil
}

// readNames returns all names in folder, sorted.
func readNames(folder *os.Root) ([]string, error) {
	f, err := folder.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// below joins without cleaning: the name is as the disk gives it.
func below(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}
