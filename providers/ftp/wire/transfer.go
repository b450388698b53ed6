package wire

import (
	"crypto/tls"
	"io"

	"github.com/vmxsync/vmxsync/providers/payload"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// ReadFrom sends all of src; see payload.Send.
func (d *data) ReadFrom(src io.Reader) (int64, error) {
	d.upload = true
	err := payload.Send(d.session.Life, src, d.write)
	if err != nil {
		d.failed = err
	}
	if retry.IsLocal(err) {
		d.session.Discard() // the server must not take the part for the whole
	}
	return d.sent, err
}

// write sends p at the pace of the destination. The waits are outside of the
// deadlines, which are those of single writes.
func (d *data) write(p []byte) error {
	pace := d.session.Dialer.Pace
	for len(p) > 0 {
		n := pace.Piece(len(p))
		if pace.Wait(d.session.Life, n) != nil {
			return errAborted
		}
		n, err := d.push(p[:n])
		d.sent += int64(n)
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// push writes p. The result is how much of it the kernel took.
func (d *data) push(p []byte) (int, error) {
	if client, secured := d.Conn.(*tls.Conn); secured {
		return d.records.push(client, p)
	}
	return d.Conn.Write(p)
}
