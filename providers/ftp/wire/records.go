package wire

import (
	"crypto/tls"
	"net"
	"slices"
	"sync"
)

// records lies below TLS. What one push encrypts is handed to the system together: a
// record holds 16 KiB at most, and each would be a call of its own, with a deadline of
// its own. All else, as a handshake, passes through.
type records struct {
	net.Conn
	gather bool
	held   []byte // encrypted, and not written yet
}

var gathered = sync.Pool{New: func() any { return new([]byte) }}

const (
	recordBytes = 16 << 10 // plain text of a record, at most
	recordExtra = 96       // bytes that a record adds to it, at most: TLS 1.2 with CBC
)

func (r *records) Write(p []byte) (int, error) {
	if !r.gather {
		return r.Conn.Write(p)
	}
	r.held = append(r.held, p...)
	return len(p), nil
}

// push encrypts and writes p, after the handshake. The result is how much of p the
// kernel took; where an error ended that in the middle, nearly.
func (r *records) push(client *tls.Conn, p []byte) (int, error) {
	if err := client.Handshake(); err != nil {
		return 0, err
	}
	buffer := gathered.Get().(*[]byte)
	defer gathered.Put(buffer)
	r.held = slices.Grow((*buffer)[:0], len(p)+recordExtra*(len(p)/recordBytes+1))
	r.gather = true
	_, err := client.Write(p)
	r.gather, *buffer = false, r.held
	if err != nil {
		return 0, err
	}
	n, err := r.Conn.Write(r.held)
	if err != nil {
		return len(p) * n / len(r.held), err
	}
	return len(p), nil
}
