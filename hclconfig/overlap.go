package hclconfig

import (
	"path/filepath"
	"runtime"
	"strings"
)

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
