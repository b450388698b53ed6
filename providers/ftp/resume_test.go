package ftp_test

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

const (
	partBytes  = 6 << 20
	wholeBytes = 9 << 20
)

// mixed is noise of one seed up to a byte, and of another one behind it.
type mixed struct {
	contract.Noise
	until int64
	then  uint64
}

func (m mixed) Open(offset int64) (io.ReadCloser, error) {
	other := m.Noise
	other.Seed = m.then
	if offset >= m.until {
		return other.Open(offset)
	}
	first, err := m.Noise.Open(offset)
	if err != nil {
		return nil, err
	}
	rest, err := other.Open(m.until)
	return io.NopCloser(io.MultiReader(io.LimitReader(first, m.until-offset), rest)), err
}

// TestResume_onRealServers proves parts too large to be compared whole, and
// that this costs no session.
func TestResume_onRealServers(t *testing.T) {
	t.Parallel()
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		for name, o := range realModes(real) {
			if !real.Facts.Resume {
				continue
			}
			t.Run(real.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				srv := ftptest.NewReal(t, real.Name, o)
				relay := ftptest.Via(t, srv, ftptest.Faults{})
				s := settingsFor(srv)
				s.Host, s.Port = relay.Host, relay.Port
				store := open(t, s, srv.Password)
				whole := contract.Noise{Seed: 1, Bytes: wholeBytes}
				for name, c := range map[string]struct {
					part providers.Body
					kept int64
				}{
					"begin":  {contract.Noise{Seed: 1, Bytes: partBytes}, partBytes},
					"other":  {contract.Noise{Seed: 2, Bytes: partBytes}, 0},
					"middle": {mixed{contract.Noise{Seed: 1, Bytes: partBytes}, 1 << 20, 2}, 0},
					"whole":  {whole, wholeBytes},
				} {
					if err := store.Put(t.Context(), name, c.part); err != nil {
						t.Fatal(err)
					}
					kept, err := store.Resume(t.Context(), name, whole)
					if err != nil || kept != c.kept {
						t.Errorf("%s: kept %d, want %d: %v", name, kept, c.kept, err)
					}
					wantContent(t, store, name, whole)
				}
				if got := relay.Sessions(); got != 1 && !real.Facts.PartsWithDownload {
					t.Errorf("%d sessions, want 1", got)
				}
			})
		}
	}
}

func wantContent(t *testing.T, store providers.Store, name string, want providers.Body) {
	t.Helper()
	r, err := store.Open(t.Context(), name, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	same, err := providers.Begins(t.Context(), want, r)
	f, statErr := store.Stat(t.Context(), name)
	if !same || err != nil || statErr != nil || f.Size != want.Size() {
		t.Errorf("%s: holds %d bytes, as they should be: %v (%v, %v)", name, f.Size, same, err, statErr)
	}
}

// held is a server that keeps one file, of which a part is there.
type held struct {
	body  contract.Noise
	size  atomic.Int64
	rest  atomic.Int64 // of the last REST
	store func(h *held, c *scripted) string
}

func (h *held) verbs() verbs {
	return verbs{
		"FEAT": said("211-these\n MLST type*;size*;modify*;\n SIZE\n REST STREAM\n211 end"),
		"SIZE": func(c *scripted) string {
			if isProbe(c) {
				return "213 1"
			}
			return fmt.Sprintf("213 %d", h.size.Load())
		},
		"NOOP": said("200 here"),
		"REST": func(c *scripted) string {
			var at int64
			fmt.Sscan(c.arg, &at)
			h.rest.Store(at)
			return "350 go on"
		},
		"RETR": func(c *scripted) string {
			at := h.rest.Swap(0)
			r, _ := h.body.Open(at)
			part, _ := io.ReadAll(io.LimitReader(r, h.size.Load()-at))
			return c.send(string(part), "226 done")
		},
		"STOR": func(c *scripted) string {
			if isProbe(c) {
				c.receive()
				return "226 stored"
			}
			return h.store(h, c)
		},
		"DELE": said("250 gone"),
	}
}

// isProbe reports whether the command is about the byte that rules out a full disk.
func isProbe(c *scripted) bool { return strings.Contains(c.arg, "/vmxsync-probe~") }

// keepProbes lets that byte be stored, whatever becomes of other files.
func (v verbs) keepProbes() {
	probes := verbs{
		"SIZE": said("213 1"), "DELE": said("250 gone"),
		"STOR": func(c *scripted) string { c.receive(); return "226 stored" },
	}
	for verb, probed := range probes {
		others := v[verb]
		if others == nil {
			others = said("502 not here")
		}
		v[verb] = func(c *scripted) string {
			if isProbe(c) {
				return probed(c)
			}
			return others(c)
		}
	}
}

// receives is a server that does as it should.
func receives(h *held, c *scripted) string {
	at := h.rest.Swap(0)
	h.size.Store(at + c.receive())
	return "226 stored"
}

func TestPut_goesOnBehindWhatIsProvenWhenItIsCut(t *testing.T) {
	var cut atomic.Bool
	h := &held{body: contract.Noise{Seed: 1, Bytes: 4 << 20}}
	h.store = func(h *held, c *scripted) string {
		if cut.Swap(true) {
			return receives(h, c)
		}
		fmt.Fprint(c, "150 go on\r\n")
		d := c.accepted()
		n, _ := io.CopyN(io.Discard, d, 1<<20)
		h.size.Store(n)
		d.Close()
		return "hang up"
	}
	srv := newScript(t, h.verbs())
	if err := open(t, srv.settings(), "x").Put(t.Context(), "file", h.body); err != nil {
		t.Fatal(err)
	}
	if got := srv.lines("REST"); len(got) == 0 || got[len(got)-1] != "REST 1048576" {
		t.Errorf("got %q, want a last REST 1048576", got)
	}
}

func TestPut_startsAgainWhereTheServerRefusesToGoOn(t *testing.T) {
	for name, refusal := range map[string]string{"ProFTPD's way": "451 Append/Restart not permitted, try again", "for good": "501 no REST before STOR"} {
		t.Run(name, func(t *testing.T) {
			h := &held{body: contract.Noise{Seed: 1, Bytes: 4 << 20}}
			h.size.Store(1 << 20)
			h.store = func(h *held, c *scripted) string {
				if h.rest.Swap(0) > 0 {
					return refusal
				}
				return receives(h, c)
			}
			srv := newScript(t, h.verbs())
			var told []string
			store := openTold(t, srv.settings(), func(text string) {
				if strings.Contains(text, "from their beginning") {
					told = append(told, text)
				}
			})
			for range 2 {
				h.size.Store(1 << 20)
				kept, err := store.Resume(t.Context(), "file", h.body)
				if err != nil || kept != 0 || h.size.Load() != h.body.Size() {
					t.Errorf("kept %d, holds %d: %v", kept, h.size.Load(), err)
				}
			}
			if len(told) != 1 {
				t.Errorf("told %q, want it once", told)
			}
		})
	}
}

func TestPut_startsAgainWhereTheServerIgnoresREST(t *testing.T) {
	h := &held{body: contract.Noise{Seed: 1, Bytes: 4 << 20}}
	h.size.Store(1 << 20)
	h.store = func(h *held, c *scripted) string {
		h.rest.Store(0)
		h.size.Store(c.receive())
		return "226 stored"
	}
	srv := newScript(t, h.verbs())
	if _, err := open(t, srv.settings(), "x").Resume(t.Context(), "file", h.body); err != nil {
		t.Fatal(err)
	}
	if h.size.Load() != h.body.Size() {
		t.Errorf("holds %d bytes", h.size.Load())
	}
}

func TestPut_remembersAnUploadThatWasGivenUp(t *testing.T) {
	var cut atomic.Bool
	h := &held{body: contract.Noise{Seed: 1, Bytes: 4 << 20}}
	h.store = func(h *held, c *scripted) string {
		if cut.Swap(true) {
			return receives(h, c)
		}
		c.receive()
		h.size.Store(0)
		return "hang up"
	}
	srv := newScript(t, h.verbs())
	store := open(t, srv.settings(), "x")
	if err := store.Put(t.Context(), "set/file", h.body); err != nil {
		t.Fatal(err)
	}
	if store.Lost("set").IsZero() || !store.Lost("other").IsZero() {
		t.Errorf("lost in set %v, in other %v", store.Lost("set"), store.Lost("other"))
	}
}

// Pure-FTPd under TLS says nothing when a download is left early. Each place
// that was compared is progress all the same.
func TestResume_outlastsAServerThatFallsSilentWhenADownloadIsLeft(t *testing.T) {
	h := &held{body: contract.Noise{Seed: 1, Bytes: 4 << 20}, store: receives}
	h.size.Store(3 << 20)
	say := h.verbs()
	say["RETR"] = func(c *scripted) string {
		fmt.Fprint(c, "150 here it comes\r\n")
		d := c.accepted()
		r, _ := h.body.Open(h.rest.Swap(0))
		io.CopyN(d, r, 64<<10)
		io.Copy(io.Discard, c)
		d.Close()
		return "hang up"
	}
	srv := newScript(t, say)
	s := srv.settings()
	s.Timeouts = brief(soon)
	kept, err := open(t, s, "x").Resume(t.Context(), "file", h.body)
	if err != nil || kept != 3<<20 {
		t.Errorf("kept %d: %v", kept, err)
	}
}
