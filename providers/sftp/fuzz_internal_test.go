package sftp

import (
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/dircache"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// parrot is a server that answers each request with the next of its replies, whatever
// that is: the type of a packet, and what follows its number. Then it hangs up.
type parrot struct {
	net.Conn
	replies []string
}

// replySeparator stands between two replies in the input of a fuzz target.
const replySeparator = "\n--\n"

func (p *parrot) run() {
	defer p.Close()
	for first := true; ; first = false {
		var head [4]byte
		if _, err := io.ReadFull(p, head[:]); err != nil {
			return
		}
		request := make([]byte, binary.BigEndian.Uint32(head[:]))
		if _, err := io.ReadFull(p, request); err != nil {
			return
		}
		if first {
			p.send("\x02\x00\x00\x00\x03", nil)
			continue
		}
		if len(p.replies) == 0 {
			return
		}
		p.send(p.replies[0], request[1:5])
		p.replies = p.replies[1:]
	}
}

func (p *parrot) send(reply string, number []byte) {
	if reply == "" {
		reply = "\x00"
	}
	packet := slices.Concat([]byte(reply[:1]), number, []byte(reply[1:]))
	p.Write(binary.BigEndian.AppendUint32(nil, uint32(len(packet))))
	p.Write(packet)
}

// version is a connection that tells nothing but the name of its server.
type version struct{ ssh.Conn }

func (version) ServerVersion() []byte { return []byte("SSH-2.0-parrot") }

// parrotTree is what a parrot shows of a root.
func parrotTree(t *testing.T, replies string) tree {
	ours, theirs := net.Pipe()
	p := &parrot{theirs, strings.Split(replies, replySeparator)}
	done := make(chan struct{})
	go func() { defer close(done); p.run() }()
	s, err := wire.Over(&ssh.Client{Conn: version{}}, ours, ours, func() { ours.Close() })
	t.Cleanup(func() { s.Discard(); <-done })
	if err != nil {
		t.Fatal(err)
	}
	return tree{s, "/root", &dircache.Known{}}
}

// name is a packet of a listing with one entry, without the number.
func name(entry string, attributes ...uint32) string {
	body := []byte{104, 0, 0, 0, 1}
	for _, s := range []string{entry, "the line of ls"} {
		body = append(binary.BigEndian.AppendUint32(body, uint32(len(s))), s...)
	}
	for _, a := range attributes {
		body = binary.BigEndian.AppendUint32(body, a)
	}
	return string(body)
}

// status is the answer of a request that has no other.
func status(code uint32, text string) string {
	body := binary.BigEndian.AppendUint32([]byte{101}, code)
	body = append(binary.BigEndian.AppendUint32(body, uint32(len(text))), text...)
	return string(binary.BigEndian.AppendUint32(body, 0))
}

// FuzzReplies lists and describes what any server answers.
func FuzzReplies(f *testing.F) {
	const handle, size, permissions = "f\x00\x00\x00\x01h", 1, 4
	dir := "i" + "\x00\x00\x00\x04" + "\x00\x00\x41\xed"
	end := status(1, "")
	for _, replies := range [][]string{
		{dir, status(4, ""), handle, name("file", size|permissions, 0, 7, 0o100644), end, status(0, "")},
		{dir, status(4, ""), handle, name("a", size|permissions, 1<<31, 0, 0o100644), end, status(0, "")},
		{dir, status(4, ""), handle, name("no type", size, 0, 7), end, status(0, ""), dir, status(4, "")},
		{dir, status(4, ""), handle, name("a\x1b[31m/..", permissions, 0o40755), end, status(0, "")},
		{dir, status(4, ""), handle, name("caf\xe9\n", permissions, 0o120777), name("caf\xe9\n", permissions, 0o120777), end, status(0, "")},
		{dir, name("/elsewhere", 0)},
		{dir, status(4, ""), status(3, "\x1b[2Jno\nway")},
		{status(2, "\u202egone")},
		{status(4, strings.Repeat("x", 1000))},
		{handle},
		{status(0, "")}, // no answer to a question
		{dir, status(4, ""), status(0, "")},
	} {
		f.Add(strings.Join(replies, replySeparator))
	}
	f.Fuzz(func(t *testing.T, replies string) {
		files, err := parrotTree(t, replies).list("dir")
		wantHarmless(t, err)
		if err != nil && files != nil {
			t.Errorf("half a listing: %v, %v", files, err)
		}
		for i, f := range files {
			base, isBelow := strings.CutPrefix(f.Path, "dir/")
			switch {
			case !isBelow || base == "" || base == "." || base == ".." || strings.Contains(base, "/"):
				t.Errorf("%q is listed", f.Path)
			case i > 0 && files[i-1].Path >= f.Path:
				t.Errorf("%q is listed after %q", f.Path, files[i-1].Path)
			}
			wantPlausible(t, f)
		}
		found, err := parrotTree(t, replies).stat("file")
		wantHarmless(t, err)
		if err == nil {
			wantPlausible(t, found)
		}
	})
}

// wantHarmless wants a text that moves no cursor.
func wantHarmless(t *testing.T, err error) {
	t.Helper()
	if err != nil && err.Error() != providers.Escape(err.Error()) {
		t.Errorf("an error that is not escaped: %q", err)
	}
}

func wantPlausible(t *testing.T, f providers.File) {
	t.Helper()
	kinds := []providers.Kind{providers.Regular, providers.Dir, providers.Link, providers.Other}
	if !slices.Contains(kinds, f.Kind) || f.Size < 0 || f.Kind != providers.Regular && f.Size > 0 {
		t.Errorf("%+v", f)
	}
}
