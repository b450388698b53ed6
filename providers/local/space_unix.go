//go:build linux || darwin || freebsd

package local

import "golang.org/x/sys/unix"

// free is what a user without privileges may still write.
func free(root string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(root, &fs); err != nil {
		return 0, err
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil
}
