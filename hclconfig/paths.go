package hclconfig

import (
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// absolutePath makes paths of this machine absolute. By convention these are the
// attributes named "path", "..._file", "..._cert" and "..._key" of any driver.
// An empty path stays empty: the driver checks it.
func (d *decoder) absolutePath(f field, s string) string {
	if strings.TrimSpace(s) == "" || !isLocalPath(f.name) {
		return s
	}
	return absolute(d.dir, s)
}

func isLocalPath(attribute string) bool {
	for _, suffix := range []string{"_file", "_cert", "_key"} {
		if strings.HasSuffix(attribute, suffix) {
			return true
		}
	}
	return attribute == "path"
}

// localPath is the folder of this machine that settings name, or "".
func localPath(s providers.Settings) string {
	for _, f := range fieldsOf(reflect.ValueOf(s).Elem(), "") {
		if f.name == "path" && f.value.Kind() == reflect.String {
			return f.value.String()
		}
	}
	return ""
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
