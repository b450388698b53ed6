package ftptest_test

import (
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// roundTrip stores a file and reads it back through srv, and finds it on the
// disk meanwhile.
func roundTrip(t *testing.T, srv *ftptest.Server) {
	t.Helper()
	d := dial(t, srv, srv.Addr())
	d.login(srv)
	content := strings.Repeat("content of a disk\n", 10000)
	name := path.Join(srv.Path, "disk.vmdk")
	d.store(name, content)
	onDisk, err := os.ReadFile(filepath.Join(srv.Root, "disk.vmdk"))
	if err != nil {
		t.Fatal(err)
	}
	if string(onDisk) != content {
		t.Errorf("%d bytes on the disk of the server, want the %d that were sent", len(onDisk), len(content))
	}
	if got := d.retrieve(name); got != content {
		t.Errorf("read back %d bytes, want the %d that were sent", len(got), len(content))
	}
	d.say(250, "DELE %s", name)
	d.say(221, "QUIT")
}

var modes = []ftptest.TLS{ftptest.Off, ftptest.Explicit, ftptest.Implicit}

func TestStart_storesAndRetrieves(t *testing.T) {
	for _, mode := range modes {
		t.Run("tls="+string(mode), func(t *testing.T) {
			srv := ftptest.New(t, ftptest.Options{TLS: mode})
			roundTrip(t, srv)
			if got := srv.Logins(); got != 1 {
				t.Errorf("%d logins, want 1", got)
			}
			if !slices.Contains(srv.Commands(), "STOR /disk.vmdk") || !slices.Contains(srv.Commands(), "PASS") {
				t.Errorf("commands %q, want STOR /disk.vmdk and PASS without the password", srv.Commands())
			}
			if got := srv.PeakSessions(); got != 1 {
				t.Errorf("%d sessions at the peak, want 1", got)
			}
		})
	}
}

func TestStart_refusesWrongPassword(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{User: "anna", Password: "right"})
	d := dial(t, srv, srv.Addr())
	d.say(331, "USER anna")
	d.say(530, "PASS wrong")
	if got := srv.Logins(); got != 0 {
		t.Errorf("%d logins, want 0", got)
	}
}

func TestStart_keepsTwoAccountsApart(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{User: "anna", Password: "right", Also: "bob"})
	for user, root := range map[string]string{"anna": srv.Root, "bob": srv.AlsoRoot} {
		d := dial(t, srv, srv.Addr())
		d.say(331, "USER %s", user)
		d.say(230, "PASS right")
		d.say(257, "MKD of-%s", user)
		if _, err := os.Stat(filepath.Join(root, "of-"+user)); err != nil {
			t.Error(err)
		}
	}
	d := dial(t, srv, srv.Addr())
	d.say(331, "USER carl")
	d.say(530, "PASS right")
}

func TestStart_refusesLoginInClear(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit})
	plain := *srv
	plain.TLS = ftptest.Off
	dial(t, &plain, srv.Addr()).say(421, "USER %s", srv.User)
}

func TestStart_turnsAwayBeyondMaxConnections(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{MaxConnections: 1})
	first := dial(t, srv, srv.Addr())
	d := &dialogue{t: t}
	d.Conn = newConn(d.connect(srv.Addr()))
	d.expect(421)
	first.say(200, "NOOP")
	if got := srv.PeakSessions(); got != 1 {
		t.Errorf("%d sessions at the peak, want 1", got)
	}
}

func TestStart_keepsFoldersFromDELE(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	d := dial(t, srv, srv.Addr())
	d.login(srv)
	d.say(257, "MKD /folder")
	d.say(550, "DELE /folder")
	d.store("/file", "x")
	d.say(550, "RMD /file")
	d.say(250, "RMD /folder")
}

func TestServer_CloseEndsOpenTransfers(t *testing.T) {
	for _, mode := range modes {
		t.Run("tls="+string(mode), func(t *testing.T) {
			srv, err := ftptest.Start(ftptest.Options{TLS: mode})
			if err != nil {
				t.Fatal(err)
			}
			d := dial(t, srv, srv.Addr())
			d.login(srv)
			data := d.passive()
			d.say(1, "STOR half")
			if _, err := d.wrapped(data).Write([]byte("begun")); err != nil {
				t.Fatal(err)
			}
			if err := srv.Close(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(srv.Root); !os.IsNotExist(err) {
				t.Errorf("the temporary root is still there after Close: %v", err)
			}
			if c, err := net.Dial("tcp", srv.Addr()); err == nil {
				c.Close()
				t.Error("the port still answers after Close")
			}
		})
	}
}

func TestServer_AlsoListShowsWhatNoDiskHolds(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	srv.AlsoList("/", 0, "a\x00b", "../up")
	d := dial(t, srv, srv.Addr())
	d.login(srv)
	for _, command := range []string{"MLSD /", "LIST /"} {
		if got := d.listing(command); !strings.Contains(got, " a\x00b\r\n") || !strings.Contains(got, " ../up\r\n") {
			t.Errorf("%s: %q", command, got)
		}
	}
}
