package ftp_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// sparse is a disk: zeros, but for noise in one range.
type sparse struct {
	contract.Noise
	from, to int64
}

func (s sparse) Open(offset int64) (io.ReadCloser, error) {
	noise, err := s.Noise.Open(offset)
	return &sparseReader{noise, s, offset}, err
}

type sparseReader struct {
	io.ReadCloser
	s  sparse
	at int64
}

func (r *sparseReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	inside := func(at int64) int64 { return min(max(at-r.at, 0), int64(n)) }
	clear(p[:inside(r.s.from)])
	clear(p[inside(r.s.to):n])
	r.at += int64(n)
	return n, err
}

// TestResume_provesThePrefixAgainAfterTheTransfer: a server that empties the
// file at REST and STOR answers 226, and shows the right size.
func TestResume_provesThePrefixAgainAfterTheTransfer(t *testing.T) {
	noise := contract.Noise{Seed: 1, Bytes: wholeBytes}
	for name, whole := range map[string]providers.Body{
		"noise":              noise,
		"a disk of zeros":    sparse{noise, 3<<20 + 100, 3<<20 + 200},
		"data at its begin":  sparse{noise, 0, 100},
		"data at the seam":   sparse{noise, partBytes - 10, partBytes + 10},
		"no data before it":  sparse{noise, partBytes, wholeBytes},
		"a part of one byte": noise,
	} {
		for mode, o := range map[string]ftptest.Options{"with HASH": {}, "TLS": {TLS: ftptest.Explicit}, "without MLSD": {DisableMLSD: true}} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				o.RestEmpties = true
				o.NoHash = mode != "with HASH"
				srv := ftptest.New(t, o)
				store := open(t, settingsFor(srv), srv.Password)
				held := int64(partBytes)
				if name == "a part of one byte" {
					held = 1
				}
				plantPart(t, srv, whole, held)
				if _, err := store.Resume(t.Context(), "file", whole); err != nil {
					t.Fatal(err)
				}
				wantContent(t, store, "file", whole)
			})
		}
	}
}

func plantPart(t *testing.T, srv *ftptest.Server, body providers.Body, n int64) {
	t.Helper()
	r, err := body.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	part, err := io.ReadAll(io.LimitReader(r, n))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(srv.Root, "file"), part, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPut_provesThePrefixAfterACutDataConnection needs no kill: the second try
// goes on with what the first has left. What was learned holds for other files.
func TestPut_provesThePrefixAfterACutDataConnection(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{RestEmpties: true, NoHash: true})
	relay := ftptest.Via(t, srv, ftptest.Faults{CutUpload: partBytes, Times: 1})
	store, told := openToldOfAnew(t, srv, relay)
	whole := contract.Noise{Seed: 1, Bytes: wholeBytes}
	if err := store.Put(t.Context(), "file", whole); err != nil {
		t.Fatal(err)
	}
	wantContent(t, store, "file", whole)
	if len(*told) != 1 || relay.Hits(ftptest.CutUpload) != 1 {
		t.Errorf("told %q, want once that the server cannot resume", *told)
	}
	before := len(restsBeforeStor(srv))
	plantPart(t, srv, whole, partBytes)
	kept, err := store.Resume(t.Context(), "file", whole)
	if err != nil || kept != 0 {
		t.Errorf("kept %d: %v", kept, err)
	}
	if after := len(restsBeforeStor(srv)); before != 1 || after != before {
		t.Errorf("the server was asked to resume %d times, before %d, want once", after, before)
	}
	wantContent(t, store, "file", whole)
}

// TestResume_provesThePrefixAfterALostReply: all was sent, and the size is right.
func TestResume_provesThePrefixAfterALostReply(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{RestEmpties: true, NoHash: true})
	relay := ftptest.Via(t, srv, ftptest.Faults{LoseReplyTo: "STOR", Times: 1})
	store, told := openToldOfAnew(t, srv, relay)
	whole := contract.Noise{Seed: 1, Bytes: wholeBytes}
	plantPart(t, srv, whole, partBytes)
	if _, err := store.Resume(t.Context(), "file", whole); err != nil {
		t.Fatal(err)
	}
	wantContent(t, store, "file", whole)
	if len(*told) != 1 || relay.Hits(ftptest.LoseReplyTo) != 1 {
		t.Errorf("told %q, want once that the server cannot resume", *told)
	}
}

// openToldOfAnew opens a store through a relay, and what it tells of servers
// that cannot resume.
func openToldOfAnew(t *testing.T, srv *ftptest.Server, relay *ftptest.Relay) (*ftp.Store, *[]string) {
	t.Helper()
	s := settingsFor(srv)
	s.Host, s.Port = relay.Host, relay.Port
	told := &[]string{}
	ctx := providers.WithNotices(t.Context(), func(text string) {
		if strings.Contains(text, "from their beginning") {
			*told = append(*told, text)
		}
	})
	return openWith(ctx, t, s, srv.Password), told
}

// restsBeforeStor are the uploads that began behind a part.
func restsBeforeStor(srv *ftptest.Server) []string {
	var found []string
	var last string
	for _, line := range srv.Commands() {
		if strings.HasPrefix(line, "STOR ") && strings.HasPrefix(last, "REST ") {
			found = append(found, line)
		}
		last = line
	}
	return found
}

// TestResume_costsOnlyResumedFiles: a file that was not resumed is not read again.
func TestResume_costsOnlyResumedFiles(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	store := open(t, settingsFor(srv), srv.Password)
	whole := contract.Noise{Seed: 1, Bytes: wholeBytes}
	if err := store.Put(t.Context(), "file", whole); err != nil {
		t.Fatal(err)
	}
	for _, line := range srv.Commands() {
		if strings.HasPrefix(line, "RETR ") || strings.HasPrefix(line, "HASH ") {
			t.Errorf("heard %q", line)
		}
	}
}

// TestPut_startsAgainWhereThePartDoesNotGrow: a server that takes bytes behind a
// part and then refuses them, again and again, gets the whole file. A 550 that
// came after bytes may only be about a connection that broke.
func TestPut_startsAgainWhereThePartDoesNotGrow(t *testing.T) {
	h := &held{body: contract.Noise{Seed: 1, Bytes: 4 << 20}}
	h.size.Store(1 << 20)
	behind := 0
	h.store = func(h *held, c *scripted) string {
		if h.rest.Load() > 0 {
			behind++
			h.rest.Store(0)
			c.receive()
			return "550 The process cannot go on with it"
		}
		return receives(h, c)
	}
	srv := newScript(t, h.verbs())
	if _, err := open(t, srv.settings(), "x").Resume(t.Context(), "file", h.body); err != nil {
		t.Fatal(err)
	}
	if h.size.Load() != h.body.Size() || behind != 2 {
		t.Errorf("holds %d bytes after %d tries behind the part, want %d after 2", h.size.Load(), behind, h.body.Size())
	}
}

// TestResume_onRealServersThatLoseThePart: ftp-srv empties the file, and files of 0
// bytes have no SIZE there; goftp.io/server leaves data connections open.
func TestResume_onRealServersThatLoseThePart(t *testing.T) {
	for _, name := range []string{"in-process ftp-srv", "ftp-srv", "goftp"} {
		t.Run(name, func(t *testing.T) {
			var srv *ftptest.Server
			switch {
			case name == "in-process ftp-srv":
				srv = ftptest.New(t, ftptest.FtpSrv())
			case name == "ftp-srv" && os.Getenv("VMXSYNC_MATRIX") == "":
				t.Skip("ftp-srv runs in make matrix")
			default:
				srv = ftptest.NewReal(t, name, ftptest.RealOptions{})
			}
			store := open(t, settingsFor(srv), srv.Password)
			whole := contract.Noise{Seed: 1, Bytes: wholeBytes}
			plantPart(t, srv, whole, partBytes)
			if err := srv.Adopt(); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Resume(t.Context(), "file", whole); err != nil {
				t.Fatal(err)
			}
			wantContent(t, store, "file", whole)
			for range 2 {
				if err := store.Put(t.Context(), "set/empty", contract.Noise{}); err != nil {
					t.Error(err)
				}
			}
			wantContent(t, store, "set/empty", contract.Noise{})
		})
	}
}
