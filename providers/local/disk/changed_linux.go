package disk

import (
	"fmt"
	"io/fs"
	"syscall"
)

// changed is the ctime, which moves with every write and cannot be set.
func changed(info fs.FileInfo) string {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d.%09d", st.Ctim.Sec, st.Ctim.Nsec)
	}
	return ""
}
