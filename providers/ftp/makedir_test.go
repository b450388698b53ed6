package ftp_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// TestMakeDir_lostReplyIsNoProof: the folder is there, and nobody can tell who
// made it.
func TestMakeDir_lostReplyIsNoProof(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	relay := ftptest.Via(t, srv, ftptest.Faults{LoseReplyTo: "MKD", Times: 1})
	s := settingsFor(srv)
	s.Host, s.Port = relay.Host, relay.Port
	if err := open(t, s, srv.Password).MakeDir(t.Context(), "held"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want fs.ErrExist", err)
	}
}

// TestMakeDir_makesParentsAgain: what a store knows to be there, another may
// have removed.
func TestMakeDir_makesParentsAgain(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	store, other := open(t, settingsFor(srv), srv.Password), open(t, settingsFor(srv), srv.Password)
	for range 2 {
		if err := store.MakeDir(t.Context(), "work/lock/held"); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{"work/lock/held", "work/lock", "work"} {
			if err := other.Remove(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
		}
	}
}
