package disk

import (
	"golang.org/x/sys/unix"

	"github.com/vmxsync/vmxsync/providers"
)

// Limits asks the file system for the longest name (eCryptfs: 143 bytes), and
// knows by its kind what the FAT family refuses. One in user space (FUSE) is of
// no known kind, and may promise more than it holds: encfs says 189 and takes
// 175. There an apply finds out.
func Limits(root string) providers.Limits {
	l := providers.Limits{NameBytes: longestName}
	var fs unix.Statfs_t
	if err := unix.Statfs(root, &fs); err != nil {
		return l
	}
	if fs.Namelen > 0 {
		l.NameBytes = int(min(fs.Namelen, longestName))
	}
	if fs.Type == unix.MSDOS_SUPER_MAGIC || fs.Type == unix.EXFAT_SUPER_MAGIC {
		l.Refused = providers.RefusedByWindows
	}
	return l
}
