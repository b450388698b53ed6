package ftp_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/ftp"
)

// upTo answers n times so, and then as the server does.
func upTo(n int, refusal string, then func(*scripted) string) func(*scripted) string {
	return func(c *scripted) string {
		if n--; n >= 0 {
			return refusal
		}
		return then(c)
	}
}

func (h *held) facts(c *scripted) string {
	if h.size.Load() == 0 {
		return "550 no such file"
	}
	return fmt.Sprintf("250-facts\n type=file;size=%d; %s\n250 end", h.size.Load(), c.arg)
}

// TestPut_asksOtherwiseWhereSIZESaysNo: once, or always.
func TestPut_asksOtherwiseWhereSIZESaysNo(t *testing.T) {
	for name, c := range map[string]struct {
		size  func(h *held) func(*scripted) string
		facts bool
		stray int64 // bytes that the server loses
		want  string
	}{
		"550 once":                 {size: func(h *held) func(*scripted) string { return upTo(1, "550 busy", h.verbs()["SIZE"]) }},
		"550 always, and MLST":     {size: func(*held) func(*scripted) string { return said("550 Could not get file size.") }, facts: true},
		"500, and MLST":            {size: func(*held) func(*scripted) string { return said("500 what?") }, facts: true},
		"no number, and MLST":      {size: func(*held) func(*scripted) string { return said("213 File status") }, facts: true},
		"500, and a byte is lost":  {size: func(*held) func(*scripted) string { return said("500 what?") }, facts: true, stray: 1, want: "the server has 1048575 of 1048576 bytes"},
		"550 always, and no MLST":  {size: func(*held) func(*scripted) string { return said("550 no such file") }, want: "the server acknowledged the upload, but the file does not exist"},
		"no number, and not there": {size: func(*held) func(*scripted) string { return said("213 File status") }, want: "the file does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			h := &held{body: contract.Noise{Seed: 1, Bytes: 1 << 20}}
			h.store = func(h *held, s *scripted) string {
				at := h.rest.Swap(0)
				h.size.Store(at + s.receive() - c.stray)
				return "226 stored"
			}
			say := h.verbs()
			say["SIZE"] = c.size(h)
			if c.facts {
				say["MLST"] = h.facts
			}
			say.keepProbes()
			err := open(t, newScript(t, say).settings(), "x").Put(t.Context(), "file", h.body)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			case strings.Contains(c.want, "does not exist") && !strings.Contains(providers.Hint(err), "virus scanner"):
				t.Errorf("hint %q", providers.Hint(err))
			}
		})
	}
}

// TestVerify_readsAgainAfterASingleRefusal: a file that was just stored may be
// locked for a moment.
func TestVerify_readsAgainAfterASingleRefusal(t *testing.T) {
	for n, ok := range []bool{true, true, false} {
		t.Run(fmt.Sprint(n, " refusals"), func(t *testing.T) {
			h := &held{body: contract.Noise{Seed: 1, Bytes: 1 << 20}, store: receives}
			h.size.Store(h.body.Size())
			say := h.verbs()
			say["MLST"] = h.facts
			say["RETR"] = upTo(n, "550 The process cannot access the file", func(c *scripted) string {
				r, _ := h.body.Open(0)
				content, _ := io.ReadAll(r)
				return c.send(string(content), "226 done")
			})
			s := newScript(t, say).settings()
			s.Transfer = &ftp.Transfer{Verify: providers.VerifyReadback}
			err := open(t, s, "x").Verify(t.Context(), "file", h.body, sumOf(t, h.body))
			if (err == nil) != ok {
				t.Errorf("after %d refusals: %v", n, err)
			}
		})
	}
}
