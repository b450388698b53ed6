package ftp_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// parrot is a server in memory that answers the commands of a session with its
// replies in turn, whatever they are, and then hangs up. Every second
// connection is one for data.
type parrot struct {
	replies []string
	content string // of each data connection

	mu      sync.Mutex
	dialled int
	running sync.WaitGroup
}

// replySeparator stands between two replies in the input of a fuzz target.
const replySeparator = "\n--\n"

func (p *parrot) dial() (net.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dialled++; p.dialled > 8 {
		return nil, errors.New("no more")
	}
	near, far := net.Pipe()
	serve := p.answer
	if p.dialled%2 == 0 {
		serve = p.send
	}
	p.running.Go(func() {
		defer far.Close()
		serve(far)
	})
	return atHome{near}, nil
}

// atHome has an address of TCP, which the library counts on.
type atHome struct{ net.Conn }

func (atHome) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 21} }

func (p *parrot) answer(c net.Conn) {
	commands := bufio.NewScanner(c)
	for i, reply := range p.replies {
		if i > 0 && !commands.Scan() {
			return
		}
		if _, err := io.WriteString(c, strings.ReplaceAll(reply, "\n", "\r\n")+"\r\n"); err != nil {
			return
		}
	}
}

func (p *parrot) send(c net.Conn) {
	go io.Copy(io.Discard, c)
	io.WriteString(c, p.content)
}

// fuzzed opens a store on a parrot, uses it by one call, and demands that all
// ends.
func fuzzed(t *testing.T, replies []string, content string, call func(*ftp.Store)) {
	t.Helper()
	p := &parrot{replies: replies, content: content}
	s := ftp.NewSettings()
	s.Host, s.Username, s.Password, s.TLS = "127.0.0.1", "u", reference, &ftp.TLS{Mode: ftp.Off}
	s.Timeouts = brief(20 * time.Millisecond)
	store := open(t, s, "x")
	ftp.Network(store, p.dial)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		call(store)
		store.Close()
		p.running.Wait()
	}()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Fatal("it hangs")
	}
}

// whole demands that a listing without an error is all that was sent, and
// nothing else.
func whole(t *testing.T, content string, files []providers.File, err error) {
	t.Helper()
	if err != nil {
		if files != nil {
			t.Errorf("%d files and %v", len(files), err)
		}
		return
	}
	got := namesOf(files)
	for _, parse := range []func(string) (providers.File, error){
		listing.MLSD,
		func(line string) (providers.File, error) { return listing.LIST(line, time.Now()) },
	} {
		sent, err := listing.Parse([]byte(content), parse)
		sent = slices.DeleteFunc(sent, func(f providers.File) bool { return f.Path == "." || f.Path == ".." })
		if err == nil && slices.Equal(namesOf(sent), got) {
			return
		}
	}
	t.Errorf("%q was listed as %q", content, got)
}

func namesOf(files []providers.File) []string {
	var names []string
	for _, f := range files {
		names = append(names, f.Path)
	}
	slices.Sort(names)
	return names
}

// welcome is a login that works. Both the library and the session ask for the
// features.
func welcome(features string) []string {
	return []string{"220 ready", "331 password", "230 welcome", features, "200 binary", features}
}

const (
	withMLSD = "211-these\n MLST type*;size*;modify*;\n SIZE\n211 end"
	withLIST = "211-these\n SIZE\n MDTM\n211 end"
)

const oneFile = "type=file;size=3;modify=20260112093005; a\r\n"

// FuzzLogin has a server say anything from the first byte on.
func FuzzLogin(f *testing.F) {
	for _, dialogue := range [][]string{
		append(welcome(withMLSD), "229 passive (|||2121|)", "150 here\n226 done", "250 there", "250 root"),
		append(welcome("502 no"), "229 passive (|||2121|)", "150 here\n226-Options: -l\n226 3 matches"),
		append(welcome("211-\n UTF8\n211 end"), "200 utf8", "425 no"),
		{"421 too many"}, {"220-many\n 220 lines\n220 ready", "530 no"}, {"120 wait"}, {"SSH-2.0-OpenSSH_9.2"}, {"220"}, {"220 a", "230 no password"},
	} {
		f.Add(strings.Join(dialogue, replySeparator), oneFile)
	}
	f.Fuzz(func(t *testing.T, dialogue, content string) {
		fuzzed(t, strings.Split(dialogue, replySeparator), content, func(s *ftp.Store) {
			files, err := s.List(t.Context(), ".")
			whole(t, content, files, err)
		})
	})
}

// FuzzReplies has a server say anything to the commands of one call, with and
// without MLSD.
func FuzzReplies(f *testing.F) {
	for call := range byte(6) {
		for _, dialogue := range []string{
			"229 passive (|||2121|)\n--\n150 here\n226 done\n--\n250 there\n--\n250 root",
			"227 passive (127,0,0,1,8,73)\n--\n125 here\n--\n226 Output truncated to 10000 matches",
			"250-x\n type=file;size=3;modify=20260112093005; /a\n250 end\n--\n250 gone",
			"250-x\n type=dir; /a\n250 end\n--\n229 (|||1|)\n--\n150 here\n226 done\n--\n250 gone",
			"257 made\n--\n229 passive (|||2121|)\n--\n150 go\n226 stored\n--\n213 4",
			"213 20260112093005\n--\n213 0123", "550 no\n--\n550 permission denied\n--\n350 go on\n--\n250 renamed",
			"150-a\n150 b\n226", "452 full", "425 no", "2", "999 what", "226-\n226-never ends", "229 (|||99999|)", "227 (1,2,3)", "250-x\n\n250 end",
		} {
			f.Add(call, call%2 == 0, dialogue, oneFile)
		}
	}
	f.Fuzz(func(t *testing.T, call byte, mlsd bool, dialogue, content string) {
		features := withLIST
		if mlsd {
			features = withMLSD
		}
		replies := append(welcome(features), strings.Split(dialogue, replySeparator)...)
		fuzzed(t, replies, content, func(s *ftp.Store) { fuzzedCalls[int(call)%len(fuzzedCalls)](t, s, content) })
	})
}

var fuzzedCalls = []func(t *testing.T, s *ftp.Store, content string){
	func(t *testing.T, s *ftp.Store, content string) {
		files, err := s.List(t.Context(), "dir")
		for i := range files {
			files[i].Path = strings.TrimPrefix(files[i].Path, "dir/")
		}
		whole(t, content, files, err)
	},
	func(t *testing.T, s *ftp.Store, _ string) {
		if f, err := s.Stat(t.Context(), "a"); err == nil && (f.Path != "a" || f.Size < 0 || f.Kind == "") {
			t.Errorf("%+v", f)
		}
	},
	func(t *testing.T, s *ftp.Store, _ string) { s.Put(t.Context(), "dir/a", providertest.Text("text")) },
	func(t *testing.T, s *ftp.Store, content string) {
		r, err := s.Open(t.Context(), "a", 0)
		if err != nil {
			return
		}
		defer r.Close()
		if got, err := io.ReadAll(r); err == nil && string(got) != content {
			t.Errorf("read %q of %q", got, content)
		}
	},
	func(t *testing.T, s *ftp.Store, _ string) { s.Rename(t.Context(), "a", "b") },
	func(t *testing.T, s *ftp.Store, _ string) { s.Remove(t.Context(), "a") },
}
