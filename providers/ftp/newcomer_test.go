package ftp_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func TestOpen_saysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		say  verbs
		want string
	}{
		"no FTP server":       {verbs{"BANNER": said("SSH-2.0-OpenSSH_9.2")}, "is not an FTP server"},
		"TLS at USER":         {verbs{"USER": said("550 SSL/TLS required on the control channel")}, `remove mode = "off"`},
		"TLS, as a bad login": {verbs{"USER": said("530 Non-anonymous sessions must use encryption.")}, `remove mode = "off"`},
		"a missing root":      {verbs{"CWD": said("550 no such folder")}, "create it, or correct `root`"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newScript(t, c.say)
			s := srv.settings()
			s.Root = "/backups"
			_, err := open(t, s, "x").Stat(t.Context(), ".")
			if err == nil || !strings.Contains(providers.Hint(err), c.want) {
				t.Errorf("got %v, hint %q, want %q", err, providers.Hint(err), c.want)
			}
			if name == "a missing root" && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("got %v, want fs.ErrNotExist", err)
			}
		})
	}
}

// The server was restarted while all sessions were idle: none of them is one
// of the tries.
func TestPut_deadIdleSessionsAreNoTries(t *testing.T) {
	o := ftptest.Options{Root: t.TempDir()}
	srv, err := ftptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	s := settingsFor(srv)
	s.Connections = 5
	store := open(t, s, srv.Password)
	putTogether(t, store, 5)
	if n := srv.PeakSessions(); n < 4 {
		t.Fatalf("%d sessions were open, want more than there are tries", n)
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	o.Port = srv.Port
	ftptest.New(t, o)
	if err := store.Put(t.Context(), "file", providertest.Text("y")); err != nil {
		t.Errorf("put after a restart: %v", err)
	}
}

// putTogether stores n files that wait for each other, each on its own session.
func putTogether(t *testing.T, store providers.Store, n int) {
	t.Helper()
	var together, done sync.WaitGroup
	together.Add(n)
	for i := range n {
		done.Go(func() {
			if err := store.Put(t.Context(), fmt.Sprint("file", i), meeting{&together}); err != nil {
				t.Errorf("put: %v", err)
			}
		})
	}
	done.Wait()
}

// meeting is a body that is read only once all are open.
type meeting struct{ all *sync.WaitGroup }

func (m meeting) Size() int64 { return 1 }
func (m meeting) Open(int64) (io.ReadCloser, error) {
	m.all.Done()
	m.all.Wait()
	return io.NopCloser(strings.NewReader("x")), nil
}

// Twisted lists a link to a folder as a folder, and has no MLSD to ask.
func TestTraits_twistedHidesLinks(t *testing.T) {
	srv := ftptest.NewReal(t, "twisted", ftptest.RealOptions{})
	store := open(t, settingsFor(srv), srv.Password)
	if err := os.MkdirAll(filepath.Join(srv.Root, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(srv.Root, "real"), filepath.Join(srv.Root, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := store.List(t.Context(), "."); err != nil {
		t.Fatal(err)
	}
	if !store.Traits().LinksHidden {
		t.Error("LinksHidden = false on a server that lists links as folders")
	}
	other := ftptest.New(t, ftptest.Options{})
	mlsd := open(t, settingsFor(other), other.Password)
	if _, err := mlsd.List(t.Context(), "."); err != nil || mlsd.Traits().LinksHidden {
		t.Errorf("LinksHidden = %v, %v on a server with MLSD", mlsd.Traits().LinksHidden, err)
	}
}

func TestSettings_minVersionIsKept(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit, MaxTLS: tls.VersionTLS12})
	s := settingsFor(srv)
	s.TLS.MinVersion = "1.3"
	if _, err := open(t, s, srv.Password).Stat(t.Context(), "."); !errors.Is(err, providers.ErrUnreachable) {
		t.Errorf("got %v from a server of TLS 1.2, want no session", err)
	}
}

func TestSettings_epsvCanBeLeftOut(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	s := settingsFor(srv)
	s.EPSV = false
	if _, err := open(t, s, srv.Password).List(t.Context(), "."); err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(srv.Commands(), func(c string) bool { return strings.HasPrefix(c, "EPSV") }); i >= 0 {
		t.Error("EPSV was sent")
	}
}

// Behind a router a server announces an address of its own network; and a bad
// one may name any other. Data connections go where the control connection is.
func TestStore_doesNotTrustTheAddressOfPASV(t *testing.T) {
	for _, announced := range []string{"10,0,0,7", "192,0,2,1", "127,0,0,9"} {
		srv := newScript(t, verbs{
			"PASV": func(c *scripted) string {
				c.passive()
				port := c.data.Addr().(*net.TCPAddr).Port
				return fmt.Sprintf("227 Entering Passive Mode (%s,%d,%d)", announced, port>>8, port&0xff)
			},
			"MLSD": lists("type=file;size=3;modify=20260101000000; a\r\n"),
		})
		s := srv.settings()
		s.EPSV, s.Timeouts = false, brief(10*time.Second)
		files, err := open(t, s, "x").List(t.Context(), "dir")
		if err != nil || len(files) != 1 {
			t.Errorf("%s: got %+v, %v", announced, files, err)
		}
		if n := srv.count("PASV"); n != 1 {
			t.Errorf("%s: PASV was sent %d times, want 1", announced, n)
		}
	}
}

func TestStore_refusesLinesThatServersCannotRead(t *testing.T) {
	srv := newScript(t, nil)
	s := srv.settings()
	s.Root = "/" + strings.Repeat("r", 200)
	store := open(t, s, "x")
	deep := strings.TrimSuffix(strings.Repeat("folder/", 555), "/") // 3,884 bytes, below the limit by itself
	errs := map[string]error{
		"put":    store.Put(t.Context(), deep, providertest.Text("x")),
		"rename": store.Rename(t.Context(), "a", deep),
		"remove": store.Remove(t.Context(), deep),
	}
	_, errs["list"] = store.List(t.Context(), deep)
	_, errs["stat"] = store.Stat(t.Context(), deep)
	_, errs["open"] = store.Open(t.Context(), deep, 0)
	for name, err := range errs {
		if !errors.Is(err, providers.ErrName) {
			t.Errorf("%s: got %v, want ErrName", name, err)
		}
	}
	if n := srv.dialled.Load(); n > 0 {
		t.Errorf("%d sessions were opened for it", n)
	}
}
