package ftptest_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

func TestRelay_cutsTheSameByTheSameSeed(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	first, again := cuts(t, srv, 7), cuts(t, srv, 7)
	if !slices.Equal(first, again) {
		t.Errorf("cut %v and then %v, want the same", first, again)
	}
	if !slices.Contains(first, true) || !slices.Contains(first, false) {
		t.Errorf("cut %v, want some and not all", first)
	}
	if other := cuts(t, srv, 8); slices.Equal(first, other) {
		t.Errorf("cut %v by another seed, too", other)
	}
}

// cuts tells which of some sessions, each of more than 16 KiB, were reset.
func cuts(t *testing.T, srv *ftptest.Server, seed uint64) []bool {
	t.Helper()
	relay := ftptest.Via(t, srv, ftptest.Faults{CutChance: 0.5, Seed: seed})
	var all []bool
	hits := 0
	for range 16 {
		c := (&dialogue{t: t}).connect(relay.Addr())
		io.WriteString(c, strings.Repeat("NOOP\r\n", 1500)+"QUIT\r\n")
		_, err := io.Copy(io.Discard, c)
		all = append(all, err != nil)
		if err != nil {
			hits++
		}
	}
	if got := relay.Hits(ftptest.CutChance); got != hits {
		t.Errorf("%d cuts were counted, want the %d that were seen", got, hits)
	}
	return all
}

func TestRelay_countsUploadedBytes(t *testing.T) {
	d, _, relay := through(t, ftptest.Faults{})
	content := strings.Repeat("0123456789", 100_000)
	d.store("/disk.vmdk", content)
	d.retrieve("/disk.vmdk")
	if got := relay.Uploaded(); got != int64(len(content)) {
		t.Errorf("%d bytes were counted, want %d", got, len(content))
	}
}

// The server reads nothing more, and has said goodbye: only a write can tell.
func TestRelay_resetsAnUploadWhoseServerIsGone(t *testing.T) {
	srv := ftptest.NewReal(t, "pyftpdlib", ftptest.RealOptions{})
	relay := ftptest.Via(t, srv, ftptest.Faults{})
	d := dial(t, srv, relay.Addr())
	d.login(srv)
	data := d.passive()
	d.say(1, "STOR half")
	if err := srv.Kill(); err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, data) // the end has passed
	if _, err := io.Copy(data, strings.NewReader(strings.Repeat("x", 50_000_000))); err == nil {
		t.Error("50 MB were taken for a server that is gone")
	}
}
