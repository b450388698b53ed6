package ftp_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
)

// TestHints_readTheWords: codes say little, and a wrong way out costs an evening.
func TestHints_readTheWords(t *testing.T) {
	for name, c := range map[string]struct{ reply, want, never string }{
		"FileZilla Server": {"425 Unable to build data connection: TLS session of data connection not resumed.", "session tickets", "passive ports"},
		"vsftpd":           {"522 SSL connection failed: session reuse required", "require_ssl_reuse=NO", "passive ports"},
		"a closed port":    {"425 Can't open data connection.", "passive ports", "ticket"},
	} {
		t.Run(name, func(t *testing.T) {
			h := &held{body: contract.Noise{Seed: 1, Bytes: 1 << 20}, store: func(*held, *scripted) string { return c.reply }}
			say := h.verbs()
			say.keepProbes()
			err := open(t, newScript(t, say).settings(), "x").Put(t.Context(), "file", h.body)
			if hint := providers.Hint(err); err == nil || !strings.Contains(hint, c.want) || strings.Contains(hint, c.never) {
				t.Errorf("got %v, hint %q", err, hint)
			}
		})
	}
}

// TestDial_tooManySessionsIsNoBadPassword: some servers say it with 530, at the
// greeting, at USER or at PASS, also for some seconds after a session was lost.
func TestDial_tooManySessionsIsNoBadPassword(t *testing.T) {
	for _, verb := range []string{"BANNER", "USER", "PASS"} {
		t.Run(verb, func(t *testing.T) {
			refusal := "530 Sorry, the maximum number of clients (2) from your host are already connected."
			h := &held{body: contract.Noise{Seed: 1, Bytes: 1 << 20}, store: receives}
			say := h.verbs()
			var refused atomic.Int32
			say[verb] = func(*scripted) string {
				if refused.Add(1) <= 2 {
					return refusal
				}
				return usual[verb]
			}
			if err := open(t, newScript(t, say).settings(), "x").Put(t.Context(), "file", h.body); err != nil {
				t.Error(err)
			}
			say[verb] = said(refusal)
			err := open(t, newScript(t, say).settings(), "x").Put(t.Context(), "file", h.body)
			if errors.Is(err, providers.ErrLogin) || !strings.Contains(providers.Hint(err), "accepts no more sessions") {
				t.Errorf("got %v, hint %q", err, providers.Hint(err))
			}
		})
	}
	say := verbs{"PASS": said("530 Too many failed login attempts.")}
	err := open(t, newScript(t, say).settings(), "x").Put(t.Context(), "file", contract.Noise{Bytes: 1})
	if !errors.Is(err, providers.ErrLogin) {
		t.Errorf("got %v, want ErrLogin", err)
	}
}

// TestPut_waitsForAPartThatAnotherProcessHas: IIS keeps the half file of a session
// that was lost for some seconds. The part is not removed, and not sent again.
func TestPut_waitsForAPartThatAnotherProcessHas(t *testing.T) {
	const inUse = "550 The process cannot access the file because it is being used by another process."
	h := &held{body: contract.Noise{Seed: 1, Bytes: 4 << 20}}
	h.size.Store(1 << 20)
	busy := 5
	h.store = func(h *held, c *scripted) string {
		if busy--; busy >= 0 {
			h.rest.Store(0)
			return inUse
		}
		return receives(h, c)
	}
	srv := newScript(t, h.verbs())
	kept, err := open(t, srv.settings(), "x").Resume(t.Context(), "file", h.body)
	if err != nil || kept != 1<<20 || srv.count("DELE") > 0 {
		t.Errorf("kept %d, DELE %d times: %v", kept, srv.count("DELE"), err)
	}

	h.size.Store(1 << 20)
	h.store = func(h *held, c *scripted) string { h.rest.Store(0); return inUse }
	s := srv.settings()
	s.Timeouts = brief(soon)
	_, err = open(t, s, "x").Resume(t.Context(), "file", h.body)
	if err == nil || !strings.Contains(providers.Hint(err), "Another process on the server has the file") || h.size.Load() != 1<<20 || srv.count("DELE") > 0 {
		t.Errorf("holds %d bytes, DELE %d times: %v, hint %q", h.size.Load(), srv.count("DELE"), err, providers.Hint(err))
	}
}
