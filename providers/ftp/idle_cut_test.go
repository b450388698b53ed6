package ftp_test

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// ftp-srv counts a session as idle while data moves, and ends it with 421. That is no
// session too many, and no other number of connections helps.
func TestPut_saysThatTheIdleLimitCutAnUpload(t *testing.T) {
	t.Parallel()
	srv := newScript(t, verbs{
		"STOR": func(s *scripted) string { s.receive(); return "421 Closing connection" },
		"SIZE": said("213 0"), "REST": said("502 no"),
	})
	err := open(t, srv.settings(), "x").Put(t.Context(), "disk", providertest.Noise(1, 1<<20))
	if hint := providers.Hint(err); err == nil || !strings.Contains(hint, "raise the idle limit of the server") {
		t.Errorf("got %v, with the hint %q", err, hint)
	}
}
