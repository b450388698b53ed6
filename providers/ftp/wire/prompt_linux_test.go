package wire

import (
	"net"
	"syscall"
	"testing"
	"time"
)

// A dialogue in which each side waits for the other is acknowledged late by the
// kernel, unless it is told otherwise before each read. Nothing here is timed: the
// kernel says which of the two it does.
func TestConn_acknowledgesAtOnce(t *testing.T) {
	client, server := loopbackPair(t)
	c := &conn{Conn: client, wait: time.Minute, prompt: true}
	for range 10 {
		askOnce(t, c, server)
	}
	if !quick(t, client) {
		t.Error("the control connection acknowledges late")
	}
}

// loopbackPair is a TCP connection on this machine.
func loopbackPair(t *testing.T) (client *net.TCPConn, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialled, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialled.Close(); server.Close() })
	return dialled.(*net.TCPConn), server
}

// askOnce sends a command, has it answered, and reads the answer.
func askOnce(t *testing.T, c *conn, server net.Conn) {
	t.Helper()
	var got [4]byte
	for _, step := range []func([]byte) (int, error){c.Write, server.Read, server.Write, c.Read} {
		copy(got[:], "NOOP")
		if _, err := step(got[:]); err != nil {
			t.Fatal(err)
		}
	}
}

// quick reports whether the kernel acknowledges at once what comes next.
func quick(t *testing.T, c *net.TCPConn) bool {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var value int
	if failed := raw.Control(func(fd uintptr) {
		value, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK)
	}); failed != nil || err != nil {
		t.Fatal(failed, err)
	}
	return value == 1
}
