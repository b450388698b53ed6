//go:build linux || darwin || freebsd

package disk

import "golang.org/x/sys/unix"

// FreeBytes is what a user without privileges may still write.
func FreeBytes(root string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(root, &fs); err != nil {
		return 0, err
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil
}
