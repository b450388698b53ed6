package wire

import (
	"net"
	"testing"
)

// held closes only once the connection below it is closed, as a channel does whose close
// waits behind a write to a network that is dead.
type held struct {
	net.Conn
	below chan struct{}
}

func (h held) Close() error {
	<-h.below
	return nil
}

func TestJumped_closesTheNetworkFirst(t *testing.T) {
	below := make(chan struct{})
	if err := (&jumped{Conn: held{below: below}, close: func() { close(below) }}).Close(); err != nil {
		t.Error(err)
	}
}
