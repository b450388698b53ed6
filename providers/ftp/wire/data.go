package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// maxListing bounds the bytes of one listing: 100,000 names of 255 bytes are
// half of it.
const maxListing = 64 << 20

// data is one data connection, in clear text. The library writes and reads and
// closes it; how it is closed depends on what has happened to it.
type data struct {
	net.Conn          // raw, or TLS above raw
	raw      *conn    //
	records  *records // between the two; nil: there is no TLS
	session  *Session
	unwatch  func() bool // ends the watch over the life of the session

	listing *bytes.Buffer // gets what is read, and the library nothing, unless nil
	upload  bool          // ReadFrom has been called
	sent    int64         // bytes of the upload that the kernel took
	failed  error         // the first error of a read or write
	ended   bool          // all that the server sends was read
	closed  bool
	drained chan struct{} // closed when nothing more is read after an upload; nil: nothing is
}

// dialData connects to where the server listens. The TLS handshake is left to
// the first byte: servers begin it only after the command.
func dialData(s *Session, address string) (*data, error) {
	raw, err := reachData(s, address)
	if err != nil {
		return nil, err
	}
	raw.reset = true
	d := &data{Conn: raw, raw: raw, session: s, listing: s.copyTo}
	d.unwatch = context.AfterFunc(s.Life, raw.abort)
	if s.tls != nil {
		d.records = &records{Conn: raw}
		d.Conn = tls.Client(d.records, s.tls)
	}
	s.data = d
	return d, nil
}

func (d *data) Read(p []byte) (int, error) {
	if d.listing != nil {
		return 0, d.collect()
	}
	return d.readContent(p)
}

// collect reads a whole listing. The library sees the end alone: it would keep
// all entries once more, and take a long line for a lost connection.
func (d *data) collect() error {
	_, err := d.listing.ReadFrom(io.LimitReader(d.Conn, maxListing+1))
	if err == nil && d.listing.Len() > maxListing {
		err = fmt.Errorf("more than %d MiB: %w", maxListing>>20, providers.ErrListing)
	}
	if err != nil {
		d.failed = err
		return err
	}
	d.ended = true
	return io.EOF
}

// readContent keeps to the pace of the destination.
func (d *data) readContent(p []byte) (int, error) {
	pace := d.session.Dialer.Received
	n, err := d.Conn.Read(p[:pace.Piece(len(p))])
	if pace.Wait(d.session.Life, n) != nil {
		n, err = 0, errAborted
	}
	d.ended = d.ended || err == io.EOF
	if err != nil && err != io.EOF {
		d.failed = err
	}
	return n, err
}

// Close ends the transfer. It is an error only where an upload cannot have
// arrived; whether it has is for the reply on the control connection to say.
func (d *data) Close() error {
	if d.closed {
		return nil
	}
	d.closed = true
	defer func() {
		if d.drained == nil {
			d.unwatch()
		}
	}()
	switch {
	case d.failed != nil:
		d.raw.abort()
		d.session.control.patience(min(lastWord, d.session.Dialer.Waits.IO), ioTimeout)
		return nil
	case d.upload:
		return d.finish()
	}
	return d.hangUp()
}

// hangUp closes after a download. That the peer is gone already is no error.
func (d *data) hangUp() error {
	d.Conn.Close()
	return d.raw.Close()
}

// finish ends an upload so that the server gets to read all of it. In clear, the
// system sees to that. Under TLS 1.3 the server's tickets lie unread on this side,
// and closing on them makes the kernel send a reset that destroys what the server
// Has not read yet: so they are read until the server closes, or has said its last
// word. goftp.io/server never closes, and answers before.
func (d *data) finish() error {
	expectFinalReply(d.session, d.sent)
	client, ok := d.Conn.(*tls.Conn)
	if !ok {
		if p, making := d.raw.Conn.(*pending); making {
			if _, err := p.wait(); err != nil { // of a file without bytes nobody has waited for it
				d.failed = err
				d.raw.abort()
				return nil
			}
		}
		return d.hangUp()
	}
	if err := endTLS(client); err != nil {
		d.failed = err
		d.raw.abort()
		return err
	}
	if err := d.raw.closeWrite(); err != nil && !errors.Is(err, syscall.ENOTCONN) {
		d.raw.Close()
		return err
	}
	d.drained = make(chan struct{})
	go func() {
		defer close(d.drained)
		_, _ = io.CopyN(io.Discard, d.Conn, maxReply)
	}()
	return nil
}

// noteUnreached: that there was no data connection is the reason of whatever failed.
func (d *data) noteUnreached() {
	if d == nil || retry.IsLocal(d.failed) {
		return
	}
	if p, ok := d.raw.Conn.(*pending); ok && p.failure() != nil {
		d.failed = p.failure()
	}
}

// end closes what finish has left open, once the server has answered.
func (d *data) end() {
	if d == nil || d.drained == nil {
		return
	}
	d.raw.Close()
	<-d.drained
	d.unwatch()
}

// endTLS makes up the handshake for a file without bytes.
func endTLS(client *tls.Conn) error {
	if err := client.Handshake(); err != nil {
		return err
	}
	return client.CloseWrite()
}
