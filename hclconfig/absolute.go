package hclconfig

import (
	"os"
	"path/filepath"
)

// absolute makes a path of the configuration absolute. One that begins with a
// slash and names no drive is on that of the configuration.
func absolute(dir, path string) string {
	switch {
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	case path != "" && os.IsPathSeparator(path[0]):
		return filepath.Clean(filepath.VolumeName(dir) + path)
	}
	return filepath.Join(dir, path)
}
