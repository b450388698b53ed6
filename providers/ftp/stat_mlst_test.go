package ftp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// oddMLST answers MLST in a way that servers have, for a folder with one file.
func oddMLST(reply string) verbs {
	var held int64
	return verbs{
		"MLST": func(s *scripted) string { return strings.ReplaceAll(reply, "NAME", s.arg) },
		"MLSD": func(s *scripted) string {
			return s.send(fmt.Sprintf("type=file;size=%d; file\r\ntype=file;size=1; other\r\n", held), "226 done")
		},
		"LIST": said("502 not here"),
		"CWD": func(s *scripted) string {
			if strings.HasSuffix(s.arg, "file") {
				return "550 not a folder"
			}
			return "250 here"
		},
		"SIZE": func(*scripted) string { return fmt.Sprintf("213 %d", held) },
		"STOR": func(s *scripted) string { held = s.receive(); return "226 stored" },
	}
}

func TestStat_withRepliesToMLSTThatServersHave(t *testing.T) {
	const entry = "type=file;size=4; NAME"
	for name, reply := range map[string]string{
		"a refusal for the entry": "250- List\n550\n250 End of List",
		"an empty line first":     "250-List\n\n " + entry + "\n250 End",
		"in the first line":       "250-" + entry + "\n250 End",
		"without a type":          "250-List\n size=4;modify=20260112093005; NAME\n250 End",
		"in one line":             "250 " + entry,
	} {
		t.Run(name, func(t *testing.T) {
			var log notices
			srv := newScript(t, oddMLST(reply))
			store := openTold(t, srv.settings(), log.add)
			if err := store.Put(t.Context(), "file", providertest.Text("text")); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				f, err := store.Stat(t.Context(), "file")
				if err != nil || f.Kind != providers.Regular || f.Size != 4 {
					t.Errorf("got %v, %v; want a file of 4 bytes", f, err)
				}
			}
			if n := srv.count("MLST"); n > 1 && log.contains("MLST") {
				t.Errorf("MLST was asked %d times, want once where it is not understood", n)
			}
			if n := int(srv.dialled.Load()); n != 1 {
				t.Errorf("%d sessions, want 1: what is not understood is no loss", n)
			}
		})
	}
}
