package ftp_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// A server that ignores REST behind a line that cuts would be sent gigabytes
// for ever, and one that keeps a byte of each try, too.
func TestPut_endsWhereNothingComesForward(t *testing.T) {
	for name, keep := range map[string]func(h *held, at, tries int64) int64{
		"REST is ignored":  func(_ *held, _, tries int64) int64 { return 1<<20 + tries*1000 },
		"a byte each time": func(_ *held, at, _ int64) int64 { return at + 1 },
	} {
		t.Run(name, func(t *testing.T) {
			var tries atomic.Int64
			h := &held{body: contract.Noise{Seed: 1, Bytes: 4 << 20}}
			h.size.Store(2 << 20)
			h.store = func(h *held, c *scripted) string {
				at := h.rest.Swap(0)
				fmt.Fprint(c, "150 go on\r\n")
				d := c.accepted()
				io.CopyN(io.Discard, d, 1)
				h.size.Store(keep(h, at, tries.Add(1)))
				d.Close()
				return "hang up"
			}
			srv := newScript(t, h.verbs())
			if _, err := open(t, srv.settings(), "x").Resume(t.Context(), "file", h.body); err == nil {
				t.Error("no error")
			}
			if n := tries.Load(); n > 8 {
				t.Errorf("%d transfers", n)
			}
		})
	}
}

// What cannot be read, or is of no use, is sent again.
func TestResume_startsAgainWhereNothingCanBeProven(t *testing.T) {
	truncates := func(v verbs, h *held) {
		v["DELE"] = func(c *scripted) string { h.size.Store(0); return "250 gone" }
	}
	for name, change := range map[string]func(v verbs, h *held){
		"RETR is refused":      func(v verbs, h *held) { v["RETR"] = h.instead(said("550 no")) },
		"RETR is refused now":  func(v verbs, h *held) { v["RETR"] = h.instead(said("451 not allowed")) },
		"RETR is busy":         func(v verbs, h *held) { v["RETR"] = h.instead(said("450 busy")) },
		"RETR ends early":      func(v verbs, h *held) { v["RETR"] = h.instead(lists("abc")) },
		"RETR says nothing":    func(v verbs, h *held) { v["RETR"] = h.instead(silence) },
		"the part is too long": func(v verbs, h *held) { h.size.Store(5 << 20); truncates(v, h) },
		"STOR does not replace": func(v verbs, h *held) {
			truncates(v, h)
			v["MLST"] = func(*scripted) string { return fmt.Sprintf("250-x\n type=file;size=%d; /file\n250 end", h.size.Load()) }
			v["STOR"] = func(c *scripted) string {
				if h.size.Load() > 0 {
					return "550 file exists"
				}
				return receives(h, c)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := &held{body: contract.Noise{Seed: 1, Bytes: 4 << 20}, store: receives}
			h.size.Store(2 << 20)
			v := h.verbs()
			change(v, h)
			v.keepProbes()
			s := newScript(t, v).settings()
			s.Timeouts = brief(soon)
			kept, err := open(t, s, "x").Resume(t.Context(), "file", h.body)
			if err != nil || kept != 0 || h.size.Load() != h.body.Size() {
				t.Errorf("kept %d, holds %d: %v", kept, h.size.Load(), err)
			}
		})
	}
}

// instead answers a RETR in another way; no server remembers a REST beyond it.
func (h *held) instead(say func(*scripted) string) func(*scripted) string {
	return func(c *scripted) string {
		h.rest.Store(0)
		return say(c)
	}
}

func silence(c *scripted) string {
	io.Copy(io.Discard, c)
	return "hang up"
}

// zeroed is noise with zeros from one byte to another.
type zeroed struct {
	contract.Noise
	from, to int64
}

func (z zeroed) Open(offset int64) (io.ReadCloser, error) {
	whole, err := z.Noise.Open(offset)
	if err != nil || offset >= z.to {
		return whole, err
	}
	rest, err := z.Noise.Open(z.to)
	if err != nil {
		return nil, err
	}
	before := max(z.from-offset, 0)
	zeros := z.to - max(z.from, offset)
	return io.NopCloser(io.MultiReader(io.LimitReader(whole, before), io.LimitReader(nothing{}, zeros), rest)), nil
}

type nothing struct{}

func (nothing) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A server that lost its power has the size of the part, and zeros for its end.
// A disk whose own end is empty must not hide that.
func TestResume_findsALostTailBehindAnEmptyEnd(t *testing.T) {
	srv := ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{})
	store := open(t, settingsFor(srv), srv.Password)
	const part = 32 << 20
	body := zeroed{contract.Noise{Seed: 1, Bytes: part + 1<<20}, part - 128<<10, part}
	for i := range 4 {
		name := fmt.Sprint("file", i)
		if err := store.Put(t.Context(), name, zeroed{contract.Noise{Seed: 1, Bytes: part}, part - 1<<20, part}); err != nil {
			t.Fatal(err)
		}
		if kept, err := store.Resume(t.Context(), name, body); err != nil || kept != 0 {
			t.Errorf("kept %d: %v", kept, err)
		}
		wantContent(t, store, name, body)
	}
}

// Several uploads lose their connection at once, and each rules out a full disk.
func TestPut_probesDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"vsftpd", "pure-ftpd", "proftpd"} {
		t.Run(name, func(t *testing.T) {
			srv := ftptest.NewReal(t, name, ftptest.RealOptions{})
			relay := ftptest.Via(t, srv, ftptest.Faults{Delay: 10 * time.Millisecond})
			s := settingsFor(srv)
			s.Host, s.Port, s.Connections = relay.Host, relay.Port, 4
			for round := range 4 {
				store := open(t, s, srv.Password)
				dir := fmt.Sprint("set", round)
				if err := store.Put(t.Context(), dir+"/vmxsync-probe", contract.Text("a payload")); err != nil {
					t.Fatal(err)
				}
				if err := relay.Set(ftptest.Faults{Delay: 10 * time.Millisecond, CutUpload: 300 << 10, Times: 4}); err != nil {
					t.Fatal(err)
				}
				var sending sync.WaitGroup
				for i := range 4 {
					sending.Go(func() {
						if err := store.Put(t.Context(), fmt.Sprint(dir, "/file", i), contract.Noise{Seed: uint64(i), Bytes: 1 << 20}); err != nil {
							t.Error(err)
						}
					})
				}
				sending.Wait()
				files, err := store.List(t.Context(), dir)
				if err != nil || len(files) != 5 {
					t.Errorf("%s holds %+v: %v", dir, files, err)
				}
				store.Close()
			}
		})
	}
}

func TestVerify_readsNoSumOutOfAName(t *testing.T) {
	body := contract.Text("text")
	srv := newScript(t, verbs{
		"FEAT": said("211-these\n SIZE\n MLST\n XCRC\n211 end"),
		"XCRC": func(c *scripted) string { return "250 " + strings.Trim(c.arg, `"`) + " 3B8BA7C7" },
	})
	s := srv.settings()
	s.Transfer = &ftp.Transfer{Verify: providers.VerifyHash}
	if err := open(t, s, "x").Verify(t.Context(), "Bart 20261121 x/f", body, sumOf(t, body)); err != nil {
		t.Error(err)
	}
}

// A refusal is judged by all its words, also where the password is one of them.
func TestPut_knowsAFullDiskThroughAPassword(t *testing.T) {
	srv := newScript(t, verbs{"STOR": said("550 disk quota exceeded")})
	err := open(t, srv.settings(), "quota").Put(t.Context(), "file", contract.Text("text"))
	if !errors.Is(err, providers.ErrFull) || strings.Contains(err.Error(), "quota exceeded") {
		t.Errorf("got %v", err)
	}
}
