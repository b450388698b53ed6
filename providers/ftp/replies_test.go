package ftp_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/providertest"
)

// One positive reply too many is never taken for a listing, for the proof of a
// folder, or for a file that was stored.
func TestList_isNotTheReplyToSomethingElse(t *testing.T) {
	for _, c := range []struct {
		name string
		once func(*scripted, string) string // what the first session says in place of its 226
	}{
		{"at once", func(_ *scripted, final string) string { return final + "\n226 Transfer complete" }},
		{"before the listing", func(*scripted, string) string { return "226 Transfer complete" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log notices
			say := verbs{"MLSD": func(s *scripted) string {
				if s.number == 1 && c.name == "before the listing" {
					return c.once(s, "")
				}
				final := s.send("type=dir; web01\r\ntype=dir; web02\r\n", "226 done")
				if s.number == 1 {
					return c.once(s, final)
				}
				return final
			}, "LIST": said("502 not here")}
			store := openTold(t, newScript(t, say).settings(), log.add)
			for range 2 {
				files, err := store.List(t.Context(), ".")
				if err != nil || len(files) != 2 {
					t.Fatalf("got %v, %v; want both folders", files, err)
				}
			}
			if !log.contains("do not match the commands") {
				t.Errorf("the log says nothing of it: %q", log.all())
			}
		})
	}
}

// The stale 226 answers EPSV, and then each command gets the reply to the one
// before it.
func TestList_ofASessionThatIsShiftedByOne(t *testing.T) {
	say := verbs{}
	for _, verb := range []string{"EPSV", "PASV", "CWD", "MLSD"} {
		usually := map[string]func(*scripted) string{
			"EPSV": (*scripted).passive, "PASV": said("229 passive (|||9|)"), "CWD": said("227 passive (127,0,0,1,0,9)"),
			"MLSD": lists("type=dir; web01\r\ntype=dir; web02\r\n"),
		}[verb]
		say[verb] = func(s *scripted) string {
			if s.number == 1 && verb == "EPSV" {
				return "226 Transfer complete"
			}
			return usually(s)
		}
	}
	say["LIST"] = said("502 not here")
	files, err := open(t, newScript(t, say).settings(), "x").List(t.Context(), ".")
	if err != nil || len(files) != 2 {
		t.Errorf("got %v, %v; want both folders", files, err)
	}
}

func TestList_believesNoAnswerOfAnotherCommandForTheFolder(t *testing.T) {
	for _, answer := range []string{"226 Transfer complete", "227 Entering Passive Mode (127,0,0,1,4,1)", "229 passive (|||1025|)"} {
		srv := newScript(t, verbs{"MLSD": lists(""), "CWD": said(answer)})
		files, err := open(t, srv.settings(), "x").List(t.Context(), "web01")
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("CWD %s: got %v, %v; want an error that is no absence", answer, files, err)
		}
	}
}

// That nothing is there is not believed of a session that answers twice.
func TestStat_takesNoAbsenceFromASessionOutOfStep(t *testing.T) {
	srv := newScript(t, verbs{"MLST": func(s *scripted) string {
		entry := "250-here\n type=file;size=3; file\n250 end"
		if s.number == 1 {
			return "550 of another command\n" + entry
		}
		return entry
	}})
	f, err := open(t, srv.settings(), "x").Stat(t.Context(), "file")
	if err != nil || f.Size != 3 {
		t.Errorf("got %v, %v; want the file", f, err)
	}
}

func TestPut_isNotConfirmedByAReplyTooMany(t *testing.T) {
	var mu sync.Mutex
	held := map[string]int64{}
	srv := newScript(t, verbs{
		"STOR": func(s *scripted) string {
			n := s.receive()
			mu.Lock()
			defer mu.Unlock()
			held[s.arg] = n
			return "226 stored\n226 Transfer complete"
		},
		"SIZE": func(s *scripted) string {
			mu.Lock()
			defer mu.Unlock()
			if n, ok := held[s.arg]; ok {
				return fmt.Sprintf("213 %d", n)
			}
			return "550 no such file"
		},
	})
	store := open(t, srv.settings(), "x")
	for _, name := range []string{"a", "b"} {
		if err := store.Put(t.Context(), name, providertest.Noise(1, 1000)); err != nil {
			t.Error(err)
		}
	}
	if n := srv.count("STOR"); n != 2 {
		t.Errorf("%d uploads, want 2", n)
	}
}

// notices are what a store told.
type notices struct {
	mu   sync.Mutex
	told []string
}

func (n *notices) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.told = append(n.told, text)
}

func (n *notices) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.told)
}

func (n *notices) contains(part string) bool {
	return slices.ContainsFunc(n.all(), func(text string) bool { return strings.Contains(text, part) })
}

// A server that lets a reply drip keeps a command no longer than its timeout.
func TestStat_endsWhenAReplyTrickles(t *testing.T) {
	srv := newScript(t, verbs{"MLST": func(s *scripted) string {
		for _, err := fmt.Fprint(s, "250-"); err == nil; {
			_, err = fmt.Fprint(s, "x")
			select {
			case <-t.Context().Done():
				return "hang up"
			case <-drip():
			}
		}
		return "hang up"
	}})
	s := srv.settings()
	s.Timeouts = brief(soon)
	_, err := open(t, s, "x").Stat(t.Context(), "file")
	if err == nil || !strings.Contains(err.Error(), "was not complete") {
		t.Errorf("got %v, want that the reply was not complete", err)
	}
}

// drip is well within soon.
func drip() <-chan time.Time { return time.After(soon / 20) }
