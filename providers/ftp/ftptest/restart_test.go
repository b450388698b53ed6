package ftptest_test

import (
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

func TestServer_KillEndsATransferAndRestartComesBack(t *testing.T) {
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		srv := ftptest.NewReal(t, r.Name, ftptest.RealOptions{})
		d := dial(t, srv, srv.Addr())
		d.login(srv)
		d.store(path.Join(srv.Path, "old"), "content")
		data := d.passive()
		d.say(1, "STOR %s", path.Join(srv.Path, "half"))
		io.WriteString(data, strings.Repeat("x", 1000))
		waitForFile(t, filepath.Join(srv.Root, "half")) // goftp opens it only after its reply
		if err := srv.Kill(); err != nil {
			t.Fatal(err)
		}
		if line, err := d.ReadLine(); err == nil {
			t.Errorf("a killed server said %q", line)
		}
		if c, err := net.Dial("tcp", srv.Addr()); err == nil {
			c.Close()
			t.Error("the port still answers after Kill")
		}
		if _, err := os.Stat(filepath.Join(srv.Root, "half")); err != nil {
			t.Errorf("the part of the file after Kill: %v", err)
		}
		addr := srv.Addr()
		if err := srv.Restart(); err != nil {
			t.Fatal(err)
		}
		again := dial(t, srv, addr)
		again.login(srv)
		if got := again.retrieve(path.Join(srv.Path, "old")); got != "content" {
			t.Errorf("read %q after a restart, want what was stored before", got)
		}
	})
}

// waitForFile looks until the file is there, or the test has no time left.
func waitForFile(t *testing.T, name string) {
	t.Helper()
	for t.Context().Err() == nil {
		if _, err := os.Stat(name); err == nil {
			return
		}
		runtime.Gosched()
	}
}

func TestServer_KillIsForRealServers(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	if srv.Kill() == nil || srv.Restart() == nil {
		t.Error("a server in this process was killed")
	}
}
