package sftptest

import (
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"
)

func toSlash(p string) string { return filepath.ToSlash(p) }

// Request is what a client sent (draft-ietf-secsh-filexfer-02).
type Request struct {
	Type   byte   // SSH_FXP_…
	ID     uint32 //
	Name   string // the path, or the handle, of the request
	Offset int64  // of a read or a write
	Bytes  int    // of a write
	Flags  uint32 // of an open: SSH_FXF_…
	Probe  bool   // it is the write of the file that tells a full disk
}

// Types of requests.
const (
	Open   byte = 3
	Close  byte = 4
	Read   byte = 5
	Write  byte = 6
	Lstat  byte = 7
	Remove byte = 13
	Mkdir  byte = 14
	Rmdir  byte = 15
	Rename byte = 18

	ReadDir byte = 12
)

// Flags of an open.
const (
	Writes  uint32 = 2
	Creates uint32 = 8
)

// Reply is what becomes of a request. The zero value lets it pass.
type Reply struct {
	Code   uint32   // is answered in place of the server; 0: none
	Text   string   // with Code
	Cut    bool     // the connection ends before the request is carried out
	Silent bool     // there is no answer, and none to anything that follows
	Drop   bool     // it is answered with OK, and not carried out
	Names  []string // files of a listing that are answered in place of the server; not nil, but empty: none, which is no end of it
}

// between stands between a client and the server behind it, and reads the requests.
type between struct {
	daemon  *daemon
	conn    net.Conn
	channel ssh.Channel
	pass    *io.PipeWriter // to the server
	*io.PipeReader
	probing bool // the last file that was opened is a probe

	replies sync.Mutex
}

func (d *daemon) between(c net.Conn, channel ssh.Channel) io.ReadWriteCloser {
	b := &between{daemon: d, conn: c, channel: channel}
	b.PipeReader, b.pass = io.Pipe()
	go b.run()
	return b
}

// Write is for what the server replies: a packet with each call, or its two halves one
// after the other.
func (b *between) Write(p []byte) (int, error) {
	b.replies.Lock()
	defer b.replies.Unlock()
	return b.channel.Write(p)
}

func (b *between) Close() error {
	b.pass.Close()
	b.PipeReader.Close()
	return b.channel.Close()
}

func (b *between) run() {
	b.pass.CloseWithError(b.requests())
}

func (b *between) requests() error {
	for {
		packet, err := readPacket(b.channel)
		if err != nil {
			return err
		}
		if !b.decide(packet) {
			return io.EOF
		}
	}
}

// decide reports whether to go on.
func (b *between) decide(packet []byte) bool {
	r := parse(packet)
	if r.Type == Open {
		b.probing = strings.Contains(r.Name, "vmxsync-probe~")
	}
	r.Probe = r.Type == Write && b.probing
	b.daemon.note(r)
	reply := Reply{}
	if b.daemon.options.Answer != nil {
		reply = b.daemon.options.Answer(r)
	}
	switch {
	case reply.Cut:
		b.conn.Close()
		return false
	case reply.Silent:
		io.Copy(io.Discard, b.channel)
		return false
	case reply.Code != 0:
		b.Write(status(r.ID, reply.Code, reply.Text))
		return true
	case reply.Names != nil:
		b.Write(names(r.ID, reply.Names))
		return true
	case reply.Drop:
		b.Write(status(r.ID, 0, ""))
		return true
	}
	_, err := b.pass.Write(packet)
	return err == nil
}

func (d *daemon) note(r Request) {
	d.seen.mu.Lock()
	defer d.seen.mu.Unlock()
	d.seen.requests = append(d.seen.requests, r)
}

// maxPacket is more than any client sends.
const maxPacket = 1 << 20

// readPacket returns a packet with its length in front.
func readPacket(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n == 0 || n > maxPacket {
		return nil, io.ErrUnexpectedEOF
	}
	packet := make([]byte, 4+n)
	copy(packet, head[:])
	_, err := io.ReadFull(r, packet[4:])
	return packet, err
}

// parse reads as much of a request as is there.
func parse(packet []byte) Request {
	p := packet[4:]
	r := Request{Type: p[0]}
	if len(p) < 9 || r.Type == 1 { // INIT has a version, and no number
		return r
	}
	r.ID = binary.BigEndian.Uint32(p[1:])
	n := int(binary.BigEndian.Uint32(p[5:]))
	if n > len(p)-9 {
		return r
	}
	r.Name = string(p[9 : 9+n])
	if rest := p[9+n:]; (r.Type == Read || r.Type == Write) && len(rest) >= 12 {
		r.Offset = int64(binary.BigEndian.Uint64(rest))
		if r.Type == Write {
			r.Bytes = int(binary.BigEndian.Uint32(rest[8:]))
		}
	}
	if rest := p[9+n:]; r.Type == Open && len(rest) >= 4 {
		r.Flags = binary.BigEndian.Uint32(rest)
	}
	return r
}

// status is an SSH_FXP_STATUS.
func status(id, code uint32, text string) []byte {
	body := []byte{101}
	body = binary.BigEndian.AppendUint32(body, id)
	body = binary.BigEndian.AppendUint32(body, code)
	body = binary.BigEndian.AppendUint32(body, uint32(len(text)))
	body = append(body, text...)
	body = binary.BigEndian.AppendUint32(body, 0)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

// names is an SSH_FXP_NAME of regular files without content.
func names(id uint32, all []string) []byte {
	body := []byte{104}
	body = binary.BigEndian.AppendUint32(body, id)
	body = binary.BigEndian.AppendUint32(body, uint32(len(all)))
	for _, name := range all {
		for range 2 { // the name, and the line of ls
			body = binary.BigEndian.AppendUint32(body, uint32(len(name)))
			body = append(body, name...)
		}
		body = binary.BigEndian.AppendUint32(body, 4) // permissions alone
		body = binary.BigEndian.AppendUint32(body, 0o100644)
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}
