package ftp_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/providers/providertest"
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

// TestPut_manyMakeTheirFolderOnce: sessions that send into a new folder at the same time
// do not each ask for it.
func TestPut_manyMakeTheirFolderOnce(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	relay := ftptest.Via(t, srv, ftptest.Faults{Delay: 10 * time.Millisecond})
	s := settingsFor(srv)
	s.Host, s.Port, s.Connections = relay.Host, relay.Port, 8
	store := open(t, s, srv.Password)
	putAll := func(dir string) {
		t.Helper()
		err := parallel.Each(t.Context(), 8, 8, func(i int) error {
			return store.Put(t.Context(), fmt.Sprintf("%s/file%d", dir, i), providertest.Text("text"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	putAll("first") // opens the sessions
	relay.Forget()
	putAll("second")
	if n := relay.Commands()["MKD"]; n != 1 {
		t.Errorf("MKD was sent %d times, want 1", n)
	}
}
