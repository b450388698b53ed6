package ftp_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
)

// TestPut_saysThatMKDStoresOtherNames: a server that maps `:` on MKD alone says that
// the folder exists, and does not find it.
func TestPut_saysThatMKDStoresOtherNames(t *testing.T) {
	for name, c := range map[string]struct{ sent, shown string }{
		"a character": {"web:01", "web_01"},
		"the case":    {"Web01", "web01"},
	} {
		t.Run(name, func(t *testing.T) {
			missing := func(s *scripted) bool { return strings.Contains(s.arg, c.sent) }
			srv := newScript(t, verbs{
				"MKD":  said("550 File exists"),
				"STOR": said("550 No such file or directory"),
				"MLST": said("550 No such file or directory"),
				"CWD": func(s *scripted) string {
					if missing(s) {
						return "550 No such file or directory"
					}
					return "250 here"
				},
				"MLSD": lists("type=dir;modify=20260101000000; " + c.shown + "\r\n"),
			})
			err := open(t, srv.settings(), "x").Put(t.Context(), c.sent+"/claim", contract.Noise{Bytes: 1})
			if !errors.Is(err, providers.ErrName) || !strings.Contains(err.Error(), "the server does not store names as they are sent") || !strings.Contains(err.Error(), c.shown) {
				t.Errorf("got %v", err)
			}
		})
	}
}
