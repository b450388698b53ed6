//go:build !linux

package ftp

import "net"

// acknowledgeAtOnce: only Linux can be asked for it.
func acknowledgeAtOnce(net.Conn) {}
