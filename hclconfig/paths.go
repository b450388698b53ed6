package hclconfig

import (
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/providers"
)

// The values of the tag "path", which makes an attribute a path of this machine; see
// providers.Settings.
const (
	filePath = "file" // of a file
	rootPath = "root" // of the folder that is the root of the place
)

// absolutePath makes paths of this machine absolute. An empty path stays empty: the
// driver checks it.
func (d *decoder) absolutePath(f field, s string) string {
	if f.local == "" || strings.TrimSpace(s) == "" {
		return s
	}
	return confdir.Absolute(d.dir, s)
}

// localRoot is the folder of this machine that is the root of a place, and the
// attribute that names it; "" where it is none.
func localRoot(s providers.Settings) (folder, attribute string) {
	for _, f := range fieldsOf(reflect.ValueOf(s).Elem(), "") {
		if f.local == rootPath {
			return f.value.String(), f.name
		}
	}
	return "", ""
}

// overlap reports whether two absolute paths are the same, or one is inside the
// other, by their names alone: links are not followed.
func overlap(a, b string) bool { return inside(a, b) || inside(b, a) }

func inside(path, dir string) bool {
	if runtime.GOOS == "windows" {
		path, dir = strings.ToLower(path), strings.ToLower(dir)
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
