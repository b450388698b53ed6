//go:build linux || darwin || freebsd || netbsd || openbsd

package wire

import (
	"net"
	"syscall"
	"time"
)

// arrived tells, without waiting, whether bytes of the peer have come that
// nobody has read yet; known is false where the connection cannot be asked.
func arrived(c net.Conn) (waiting, known bool) {
	asked, ok := c.(syscall.Conn)
	if !ok {
		return false, false
	}
	raw, err := asked.SyscallConn()
	if err != nil || c.SetReadDeadline(time.Time{}) != nil {
		return false, false
	}
	var n int
	err = raw.Read(func(fd uintptr) bool {
		var p [1]byte
		n, _, _ = syscall.Recvfrom(int(fd), p[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return true
	})
	return n > 0, err == nil
}
