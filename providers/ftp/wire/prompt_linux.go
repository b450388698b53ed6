package wire

import (
	"net"
	"syscall"
)

// acknowledgeAtOnce has the kernel acknowledge what comes next without delay. It
// forgets that as soon as something is sent, so it is asked before each read.
// A connection that cannot be asked stays as it is.
func acknowledgeAtOnce(c net.Conn) {
	asked, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := asked.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
}
