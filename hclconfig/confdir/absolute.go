package confdir

import (
	"os"
	"path/filepath"
)

// Absolute makes a path of the configuration absolute. One that begins with a
// slash and names no drive is on that of the configuration.
func Absolute(dir, path string) string {
	switch {
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	case path != "" && os.IsPathSeparator(path[0]):
		return filepath.Clean(filepath.VolumeName(dir) + path)
	}
	return filepath.Join(dir, path)
}
