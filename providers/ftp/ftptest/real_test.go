package ftptest_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// eachReal runs test with every real server, in parallel with the others.
func eachReal(t *testing.T, test func(t *testing.T, r ftptest.RealServer)) {
	for _, r := range ftptest.Real() {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			ftptest.RequireReal(t, r.Name)
			test(t, r)
		})
	}
}

func TestStartReal_storesAndRetrieves(t *testing.T) {
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		for _, mode := range r.Modes {
			t.Run("tls="+string(mode), func(t *testing.T) {
				roundTrip(t, ftptest.NewReal(t, r.Name, ftptest.RealOptions{TLS: mode}))
			})
		}
	})
}

func TestStartReal_boundsTLS(t *testing.T) {
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		if len(r.Modes) < 2 {
			return
		}
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			srv := ftptest.NewReal(t, r.Name, ftptest.RealOptions{TLS: ftptest.Explicit, MaxTLS: version})
			d := dial(t, srv, srv.Addr())
			d.login(srv)
			if got := d.secure.ConnectionState().Version; got != version {
				t.Errorf("control connection in %s, want %s", tls.VersionName(got), tls.VersionName(version))
			}
			roundTrip(t, srv)
		}
	})
}

func TestStartReal_usesTheGivenRoot(t *testing.T) {
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		root := t.TempDir()
		if err := os.WriteFile(filepath.Join(root, "old"), []byte("old content"), 0o644); err != nil {
			t.Fatal(err)
		}
		srv := ftptest.NewReal(t, r.Name, ftptest.RealOptions{Root: root})
		d := dial(t, srv, srv.Addr())
		d.login(srv)
		if got := d.retrieve(path.Join(srv.Path, "old")); got != "old content" {
			t.Errorf("read %q, want the file that was there before", got)
		}
		d.say(250, "DELE %s", path.Join(srv.Path, "old"))
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(root); err != nil {
			t.Errorf("the caller's root after Close: %v", err)
		}
	})
}

func TestStartReal_comesBackOnTheSamePort(t *testing.T) {
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		o := ftptest.RealOptions{Root: t.TempDir()}
		first := ftptest.NewReal(t, r.Name, o)
		d := dial(t, first, first.Addr())
		d.login(first)
		d.store(path.Join(first.Path, "file"), "content")
		first.Close()
		o.Port = first.Port
		again := ftptest.NewReal(t, r.Name, o)
		d = dial(t, again, first.Addr())
		d.login(again)
		if got := d.retrieve(path.Join(again.Path, "file")); got != "content" {
			t.Errorf("read %q after a restart, want what was stored before", got)
		}
	})
}

func TestServer_AdoptGivesFilesToTheAccount(t *testing.T) {
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		srv := ftptest.NewReal(t, r.Name, ftptest.RealOptions{})
		if err := os.MkdirAll(filepath.Join(srv.Root, "web01", "set"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := srv.Adopt(); err != nil {
			t.Fatal(err)
		}
		d := dial(t, srv, srv.Addr())
		d.login(srv)
		d.say(250, "RMD %s", path.Join(srv.Path, "web01", "set"))
	})
}

func TestServer_CloseLeavesNoProcess(t *testing.T) {
	for _, r := range ftptest.Real() {
		t.Run(r.Name, func(t *testing.T) {
			srv := ftptest.NewReal(t, r.Name, ftptest.RealOptions{})
			dial(t, srv, srv.Addr()).login(srv)
			running := descendants(t, os.Getpid())
			if len(running) == 0 {
				t.Fatal("no process runs while the server does")
			}
			if err := srv.Close(); err != nil {
				t.Error(err)
			}
			expectGone(t, srv, running)
		})
	}
}

func expectGone(t *testing.T, srv *ftptest.Server, pids []int) {
	t.Helper()
	for _, pid := range pids {
		if state, _ := processState(pid); state != "" && state != "Z" {
			t.Errorf("process %d is left after Close, in state %s", pid, state)
		}
	}
	if c, err := net.Dial("tcp", srv.Addr()); err == nil {
		c.Close()
		t.Error("the port still answers after Close")
	}
	if _, err := os.Stat(filepath.Dir(srv.Root)); !os.IsNotExist(err) {
		t.Errorf("the temporary folder is still there after Close: %v", err)
	}
}

// descendants lists the living processes that pid started, and theirs.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, proc := range all {
		child, _ := strconv.Atoi(filepath.Base(proc))
		if state, parent := processState(child); parent == pid && state != "Z" {
			found = append(append(found, child), descendants(t, child)...)
		}
	}
	return found
}

func processState(pid int) (state string, parent int) {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, fields, _ := strings.Cut(string(stat), ") ")
	fmt.Sscan(fields, &state, &parent)
	return state, parent
}

func TestStartReal_grantsOrRefusesEveryWish(t *testing.T) {
	wishes := map[string]ftptest.RealOptions{
		"implicit": {TLS: ftptest.Implicit},
		"quota":    {QuotaMB: 1},
		"dots":     {ForceDotFiles: true},
		"clients":  {MaxClients: 1},
		"lines":    {ListLimit: 100},
		"TLS 1.1":  {MaxTLS: tls.VersionTLS11},
		"seconds":  {IdleTimeout: 5 * time.Second},
		"minutes":  {IdleTimeout: time.Minute},
	}
	granted := map[string]string{
		"vsftpd":    "implicit dots clients seconds minutes",
		"pure-ftpd": "quota clients lines minutes",
		"proftpd":   "implicit clients lines seconds minutes",
		"pyftpdlib": "clients seconds minutes",
		"twisted":   "seconds minutes",
		"inetutils": "seconds minutes",
		"netkit":    "seconds minutes",
		"goftp":     "",
		"ftp-srv":   "seconds minutes",
	}
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		for name, o := range wishes {
			srv, err := ftptest.StartReal(r.Name, o)
			if got, want := err == nil, strings.Contains(granted[r.Name], name); got != want {
				t.Errorf("%s granted: %v, want %v (%v)", name, got, want, err)
			}
			if err == nil {
				srv.Close()
			}
		}
	})
}

func TestStartReal_limitsClients(t *testing.T) {
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		if r.Facts.FullTold == "" {
			return
		}
		srv := ftptest.NewReal(t, r.Name, ftptest.RealOptions{MaxClients: 1})
		dial(t, srv, srv.Addr()).login(srv)
		if got := whereRefused(t, srv); got != r.Facts.FullTold {
			t.Errorf("the second session is refused at %q, want %q", got, r.Facts.FullTold)
		}
	})
}

func whereRefused(t *testing.T, srv *ftptest.Server) string {
	t.Helper()
	d := &dialogue{t: t}
	d.Conn = newConn(d.connect(srv.Addr()))
	if code, _, _ := d.ReadResponse(0); code == 421 {
		return "dial"
	}
	d.say(331, "USER %s", srv.User)
	d.PrintfLine("PASS %s", srv.Password)
	if code, _, _ := d.ReadResponse(0); code == 530 {
		return "login"
	}
	return ""
}

func TestStartReal_limitsSpace(t *testing.T) {
	ftptest.RequireReal(t, "pure-ftpd")
	srv := ftptest.NewReal(t, "pure-ftpd", ftptest.RealOptions{QuotaMB: 1})
	d := dial(t, srv, srv.Addr())
	d.login(srv)
	data := d.passive()
	d.say(1, "STOR big")
	fmt.Fprint(data, strings.Repeat("x", 2<<20))
	data.Close()
	d.expect(552)
}

func TestStartReal_endsIdleSessions(t *testing.T) {
	for _, name := range []string{"vsftpd", "proftpd", "pyftpdlib", "twisted", "inetutils", "netkit"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.NewReal(t, name, ftptest.RealOptions{IdleTimeout: time.Second})
			d := dial(t, srv, srv.Addr())
			d.login(srv)
			said, err := io.ReadAll(d.R)
			if err != nil {
				t.Errorf("the session is still open: %v", err)
			}
			if name != "twisted" && !strings.HasPrefix(string(said), "421") {
				t.Errorf("the server said %q, want 421", said)
			}
		})
	}
}

func TestReal_factsHold(t *testing.T) {
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		srv := ftptest.NewReal(t, r.Name, ftptest.RealOptions{})
		d := dial(t, srv, srv.Addr())
		d.login(srv)
		d.store(path.Join(srv.Path, ".dot"), "x")
		f := r.Facts
		for _, fact := range []struct {
			name      string
			got, want bool
		}{
			{"MLSD", d.lists("MLSD " + srv.Path), f.MLSD},
			{"EPSV", d.knows("EPSV"), f.EPSV},
			{"Hash", d.knows("XMD5 %s", path.Join(srv.Path, ".dot")), f.Hash},
			{"Resume", d.resumes(path.Join(srv.Path, "resumed"), 5), f.Resume},
			{"ResumesInside", d.resumes(path.Join(srv.Path, "inside"), 3), f.ResumesInside},
			{"RestEmpties", d.empties(path.Join(srv.Path, "emptied")), f.RestEmpties},
			{"MakesAgain", d.knowsTwice("MKD %s", path.Join(srv.Path, "made")), f.MakesAgain},
			{"ListAll", d.lists("LIST -a " + srv.Path), f.ListAll},
			{"ListHidesDotFiles", !strings.Contains(d.listing("LIST "+srv.Path), ".dot"), f.ListHidesDotFiles},
			{"MissingListsEmpty", d.lists("LIST " + path.Join(srv.Path, "missing")), f.MissingListsEmpty},
			{"SetTime by MFMT", d.knows("MFMT 20200102030405 %s", path.Join(srv.Path, ".dot")), f.SetTime == "MFMT"},
			{"SetTime by MDTM", d.setsTimeByMDTM(path.Join(srv.Path, ".dot")), f.SetTime == "MDTM"},
		} {
			if fact.got != fact.want {
				t.Errorf("%s: %v, want %v", fact.name, fact.got, fact.want)
			}
		}
	})
}

func TestStartReal_forceDotFilesListsThem(t *testing.T) {
	srv := ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{ForceDotFiles: true})
	d := dial(t, srv, srv.Addr())
	d.login(srv)
	d.store(path.Join(srv.Path, ".dot"), "x")
	if got := d.listing("LIST " + srv.Path); !strings.Contains(got, ".dot") {
		t.Errorf("listing %q, want .dot in it", got)
	}
}

func TestAvailable_saysWhatIsMissing(t *testing.T) {
	t.Setenv("VMXSYNC_TEST_SERVERS", t.TempDir())
	for _, r := range ftptest.Real() {
		err := ftptest.Available(r.Name)
		if err == nil {
			t.Errorf("%s is available from an empty folder", r.Name)
			continue
		}
		if got := err.Error(); !strings.HasPrefix(got, r.Name) || strings.Contains(got, "\n") {
			t.Errorf("reason %q, want one line that begins with the name", got)
		}
	}
	if err := ftptest.Available("wu-ftpd"); err == nil {
		t.Error("a server that nobody knows is available")
	}
}
