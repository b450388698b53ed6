//go:build unix

package session

import (
	"os"
	"path/filepath"
	"syscall"
)

// isMountPoint reports whether a file system is mounted at a folder: the folder is on
// another device than its parent. False if that is not known.
func isMountPoint(path string) bool {
	device := func(path string) (uint64, bool) {
		info, err := os.Stat(path)
		if err != nil {
			return 0, false
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return 0, false
		}
		return uint64(st.Dev), true
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	own, okOwn := device(real)
	above, okAbove := device(filepath.Dir(real))
	return okOwn && okAbove && own != above
}
