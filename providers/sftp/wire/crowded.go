package wire

import (
	"errors"
	"io"
	"net"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp/hostkey"
)

// IsCrowded reports whether a dial may have failed because of the sessions that are open
// already: sshd drops connections above MaxStartups before its first word, a jump host
// does the same, and others let them log in first.
func IsCrowded(err error) bool {
	if errors.Is(err, providers.ErrLogin) {
		return true
	}
	isDropped := isStep(err, stepHandshake) || isStep(err, stepLogin) || isStep(err, stepSubsystem)
	return isDropped && !errors.As(err, new(*hostkey.Error)) && isCut(err)
}

// isCut reports whether the server, or the network, has ended the connection. What is
// lost with an agent has no such types.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, new(*net.OpError)) || mentions(err.Error(), partings...)
}

// partings are the reasons to disconnect that say nothing of the login (RFC 4253, section
// 11.1): host not allowed, service not available, connection lost, too many connections.
var partings = []string{"MaxStartups", "disconnect, reason 1:", "disconnect, reason 7:", "disconnect, reason 10:", "disconnect, reason 12:"}
