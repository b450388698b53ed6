//go:build !linux

package wire

import "net"

// acknowledgeAtOnce: only Linux can be asked for it.
func acknowledgeAtOnce(net.Conn) {}
