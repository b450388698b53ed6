package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// counted counts the writes that reach the system, and fails the one after the first
// allowed bytes; 0: none.
type counted struct {
	net.Conn
	writes  int
	written int
	allowed int
}

var errTorn = errors.New("torn")

func (c *counted) Write(p []byte) (int, error) {
	c.writes++
	if c.allowed > 0 && c.written+len(p) > c.allowed {
		p = p[:c.allowed-c.written]
		n, _ := c.Conn.Write(p)
		return n, errTorn
	}
	n, err := c.Conn.Write(p)
	c.written += n
	return n, err
}

// secured is a data connection under TLS whose handshake is done, and what a server
// reads of it until its end.
func secured(t *testing.T, version uint16) (d *data, below *counted, got func() []byte) {
	t.Helper()
	client, err := sessionTLS(t)
	if err != nil {
		t.Fatal(err)
	}
	here, there := net.Pipe()
	server, read := tls.Server(there, serverTLS(t, true, version)), make(chan []byte, 1)
	go func() {
		defer there.Close()
		all, _ := io.ReadAll(server)
		read <- all
	}()
	below = &counted{Conn: here}
	raw := &conn{Conn: below, wait: time.Minute}
	d = &data{raw: raw, records: &records{Conn: raw}, session: &Session{Dialer: &Dialer{}, Life: context.Background()}}
	d.Conn = tls.Client(d.records, client)
	return d, below, func() []byte { here.Close(); return <-read }
}

func TestPush_writesAllRecordsOfABlockAtOnce(t *testing.T) {
	block := bytes.Repeat([]byte("0123456789abcdef"), 32<<10)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		d, below, got := secured(t, version)
		if err := d.Conn.(*tls.Conn).Handshake(); err != nil {
			t.Fatal(err)
		}
		shaken := below.writes
		for range 3 {
			if err := d.write(block); err != nil {
				t.Fatal(err)
			}
		}
		if n := below.writes - shaken; n != 3 {
			t.Errorf("%s: %d writes for 3 blocks of %d bytes", tls.VersionName(version), n, len(block))
		}
		if all := got(); d.sent != int64(3*len(block)) || !bytes.Equal(all, bytes.Repeat(block, 3)) {
			t.Errorf("%s: %d bytes count as sent, and %d arrived", tls.VersionName(version), d.sent, len(all))
		}
	}
}

func TestPush_countsWhatTheKernelTook(t *testing.T) {
	block := make([]byte, 512<<10)
	for _, allowed := range []int{1, 200 << 10} {
		d, below, got := secured(t, tls.VersionTLS13)
		if err := d.Conn.(*tls.Conn).Handshake(); err != nil {
			t.Fatal(err)
		}
		below.allowed = below.written + allowed
		if err := d.write(block); !errors.Is(err, errTorn) {
			t.Errorf("got %v", err)
		}
		arrived := int64(len(got()))
		if d.sent < arrived || d.sent > int64(allowed) {
			t.Errorf("of %d bytes that the kernel took, %d arrived and %d count as sent", allowed, arrived, d.sent)
		}
	}
}

// A file of one byte begins with the handshake, which is not kept back.
func TestPush_shakesHandsFirst(t *testing.T) {
	d, _, got := secured(t, tls.VersionTLS13)
	if err := d.write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if all := got(); string(all) != "x" {
		t.Errorf("%q arrived", all)
	}
}
