package ftp_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// by is s with another method.
func by(method string, s *ftp.Settings) *ftp.Settings {
	s.Transfer = &ftp.Transfer{Method: method}
	return s
}

func TestMethod_keepsTheLaw(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	var both sync.WaitGroup
	for _, method := range []string{ftp.Curl, ftp.NcFTPPut} {
		both.Go(func() {
			t.Run(method, func(t *testing.T) {
				srv := ftptest.New(t, ftptest.Options{})
				providertest.Run(t, func(t *testing.T) providers.Store {
					return open(t, by(method, settingsFor(srv)), srv.Password)
				}, providertest.InTurn(), providertest.Entries(3))
			})
		})
	}
	both.Wait()
}

// TestMethod_uploadsToRealServers tries sizes and names with each program on
// each real server, in each of its modes.
func TestMethod_uploadsToRealServers(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	together(t, func(t *testing.T, real ftptest.RealServer) {
		for mode, o := range realModes(real) {
			for _, method := range methodsFor(real, o) {
				t.Run(mode+"/"+method, func(t *testing.T) {
					srv := ftptest.NewReal(t, real.Name, o)
					store := open(t, by(method, settingsFor(srv)), srv.Password)
					uploadAll(t, store, srv.Root, real.Name != "ftp-srv") // which leaves quotes out of names
					if exceptions[real.Name] == nil {
						upload(t, store, srv.Root, "Größe", 3)
					}
				})
			}
		}
	})
}

// methodsFor are the programs that can upload to a server. curl 7.88, that of
// Debian 12, does not get through pyftpdlib's TLS: it waits for the handshake
// of the data connection before it sends STOR. ncftpput waits for the end of the
// data connection, which goftp.io/server leaves open.
func methodsFor(r ftptest.RealServer, o ftptest.RealOptions) []string {
	switch {
	case r.Name == "goftp":
		return []string{ftp.Curl}
	case o.TLS == ftptest.Off:
		return []string{ftp.Curl, ftp.NcFTPPut}
	case r.Name == "pyftpdlib":
		return nil
	}
	return []string{ftp.Curl}
}

// uploadAll stores and compares on the server's disk.
func uploadAll(t *testing.T, store *ftp.Store, root string, quotes bool) {
	t.Helper()
	for name, size := range map[string]int64{
		"empty": 0, "one": 1, "dir/8MiB": 8 << 20, "exact": 512 << 10,
		"a b%41 #1 'q' \"d\" ?x=1&y;z": 3, "-lead": 3, "[1-3]{a,b}~$HOME+@:": 3,
	} {
		if quotes || !strings.Contains(name, `"`) {
			upload(t, store, root, name, size)
		}
	}
	upload(t, store, root, "exact", 1000) // replaces it
}

func upload(t *testing.T, store *ftp.Store, root, name string, size int64) {
	t.Helper()
	body := providertest.Noise(7, size)
	if err := store.Put(t.Context(), name, body); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	got, err := os.ReadFile(filepath.Join(root, name))
	if err != nil || !bytes.Equal(got, content(t, body)) {
		t.Errorf("%s: %d bytes on the server differ from what was sent, %v", name, len(got), err)
	}
}

func TestMethod_saysWhereCurlAndAServerDoNotGetOn(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	srv := ftptest.NewReal(t, "pyftpdlib", ftptest.RealOptions{TLS: ftptest.Explicit})
	err := open(t, by(ftp.Curl, settingsFor(srv)), srv.Password).Put(t.Context(), "file", providertest.Noise(1, 100_000))
	if err != nil && !strings.Contains(providers.Hint(err), "remove method from") {
		t.Errorf("got %v, hint %q", err, providers.Hint(err))
	}
}

func TestMethod_namesAnAuthorityThatCurlDoesNotKnow(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit})
	roots, err := os.ReadFile(srv.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	s := by(ftp.Curl, settingsFor(srv))
	s.TLS.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(s.TLS.CAFile, roots, 0o644); err != nil {
		t.Fatal(err)
	}
	store := open(t, s, srv.Password)
	other, err := os.ReadFile(filepath.Join("testdata", "other.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.TLS.CAFile, other, 0o644); err != nil {
		t.Fatal(err)
	}
	err = store.Put(t.Context(), "file", providertest.Text("x"))
	if !errors.Is(err, providers.ErrUnreachable) || !strings.Contains(providers.Hint(err), "tls.ca_file") {
		t.Errorf("got %v, hint %q", err, providers.Hint(err))
	}
	if got := stored(srv); got > 0 {
		t.Errorf("STOR was sent %d times", got)
	}
}

func content(t *testing.T, body providers.Body) []byte {
	t.Helper()
	r, err := body.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMethod_isOneSessionOfTheCeiling(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	for _, method := range []string{ftp.Curl, ftp.NcFTPPut} {
		for _, connections := range []int{1, 2} {
			srv := ftptest.New(t, ftptest.Options{MaxConnections: connections})
			s := by(method, settingsFor(srv))
			s.Connections = connections
			store := open(t, s, srv.Password)
			ftp.DoPause(store)
			var wg sync.WaitGroup
			for _, name := range []string{"a", "b", "c", "d"} {
				wg.Go(func() {
					if err := store.Put(t.Context(), name, providertest.Noise(1, 100_000)); err != nil {
						t.Errorf("%s, %d connections: %v", method, connections, err)
					}
				})
			}
			wg.Wait()
			if got := srv.PeakSessions(); got > connections {
				t.Errorf("%s: %d sessions at a time, want at most %d", method, got, connections)
			}
		}
	}
}

// odd is a password with all that files and shells treat in a way of their own.
const odd = ` lead "q" 'a' \n#%41 $HOME;&|ä` + "`x`"

// TestMethod_showsThePasswordToNobody looks into all processes and files while
// a program runs and after it.
func TestMethod_showsThePasswordToNobody(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	for _, method := range []string{ftp.Curl, ftp.NcFTPPut} {
		srv := ftptest.New(t, ftptest.Options{User: "ü: 1", Password: odd})
		temp := t.TempDir()
		t.Setenv("TMPDIR", temp)
		t.Setenv("NAS_PASSWORD", odd)
		var trace lockedBuffer
		store := openTraced(t, by(method, settingsFor(srv)), odd, &trace)
		body := &pausing{Body: providertest.Noise(1, 8<<20), pause: func() {
			if found := holding(t, odd); len(found) > 0 {
				t.Errorf("%s: the password is in %q", method, found)
			}
			if left := files(t, temp); len(left) > 0 {
				t.Errorf("%s: a program that reads the body has left %q", method, left)
			}
		}}
		if err := store.Put(t.Context(), "file", body); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		if strings.Contains(trace.String(), odd) {
			t.Errorf("%s: the password is in the trace", method)
		}
		if left, _ := os.ReadDir(temp); len(left) > 0 {
			t.Errorf("%s left %v", method, left)
		}
	}
}

// holding are the files of /proc of our descendants in which text can be read.
func holding(t *testing.T, text string) []string {
	t.Helper()
	self, _ := os.Readlink("/proc/self")
	var found []string
	for _, name := range []string{"cmdline", "environ"} {
		all, err := filepath.Glob("/proc/[0-9]*/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			content, _ := os.ReadFile(p)
			if bytes.Contains(content, []byte(text)) && p != "/proc/"+self+"/environ" {
				found = append(found, p)
			}
		}
	}
	return found
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// pausing calls pause when half of it has been read.
type pausing struct {
	providers.Body
	pause func()
}

func (p *pausing) Open(offset int64) (io.ReadCloser, error) {
	r, err := p.Body.Open(offset)
	return &pausingReader{ReadCloser: r, at: p.Size() / 2, pause: p.pause}, err
}

type pausingReader struct {
	io.ReadCloser
	at    int64
	pause func()
}

func (r *pausingReader) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if r.at -= int64(n); r.at <= 0 && r.pause != nil {
		r.pause()
		r.pause = nil
	}
	return n, err
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func TestMethod_tellsWhyItFailed(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	for _, method := range []string{ftp.Curl, ftp.NcFTPPut} {
		for name, c := range map[string]struct {
			say   verbs
			want  error
			tries int
			hint  string
		}{
			"full":      {verbs{"STOR": said("452 disk full")}, providers.ErrFull, 1, "Free space"},
			"quota":     {verbs{"STOR": func(c *scripted) string { c.receive(); return "552 quota" }}, providers.ErrFull, 1, "Free space"},
			"forbidden": {verbs{"STOR": said("550 permission denied")}, fs.ErrPermission, 1, "permission to write"},
			"later":     {verbs{"STOR": said("451 try later")}, nil, 3, ""},
			"aborted":   {verbs{"STOR": func(c *scripted) string { c.receive(); return "426 aborted" }}, nil, 3, ""},
			"no data":   {verbs{"PASV": said("425 no"), "EPSV": said("425 no")}, nil, 3, "passive ports"},
			"crowded":   {verbs{"BANNER": onlyFirst("220 ready", "421 too many")}, nil, 0, "`connections`"},
			"login":     {verbs{"PASS": onlyFirst("230 welcome", "530 not you")}, providers.ErrLogin, 0, `file("/etc/nas.password")`},
		} {
			c.say["SIZE"] = said("550 no")
			c.say.keepProbes()
			if c.say["PASV"] == nil {
				c.say["PASV"] = (*scripted).oldPassive
			}
			srv := newScript(t, c.say)
			s := by(method, srv.settings())
			s.Connections = 1
			err := open(t, s, "x").Put(t.Context(), "file", providertest.Text("text"))
			if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(providers.Hint(err), c.hint) {
				t.Errorf("%s, %s: got %v, hint %q", method, name, err, providers.Hint(err))
			}
			if got := srv.count("STOR") + srv.count("PASV"); c.tries == 1 && srv.count("STOR") > 1 || c.tries == 3 && got < 3 {
				t.Errorf("%s, %s: %d commands to store, want %d tries", method, name, got, c.tries)
			}
		}
	}
}

// onlyFirst lets the first session in: the next one is the program's.
func onlyFirst(welcome, refusal string) func(*scripted) string {
	return func(c *scripted) string {
		if c.number == 1 {
			return welcome
		}
		return refusal
	}
}

func TestMethod_believesTheSizeWhenTheFinalReplyIsLost(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	for _, method := range []string{ftp.Curl, ftp.NcFTPPut} {
		srv := ftptest.New(t, ftptest.Options{})
		relay := ftptest.Via(t, srv, ftptest.Faults{LoseReplyTo: "STOR", Times: 1})
		s := by(method, settingsFor(srv))
		s.Host, s.Port = relay.Host, relay.Port
		if err := open(t, s, srv.Password).Put(t.Context(), "file", providertest.Noise(1, 100_000)); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		if got := stored(srv); got != 1 {
			t.Errorf("%s: sent %d times, want 1", method, got)
		}
	}
}

func TestMethod_sendsAgainWhatWasCut(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	for _, method := range []string{ftp.Curl, ftp.NcFTPPut} {
		srv := ftptest.New(t, ftptest.Options{})
		relay := ftptest.Via(t, srv, ftptest.Faults{CutUpload: 1 << 20, Times: 1})
		s := by(method, settingsFor(srv))
		s.Host, s.Port = relay.Host, relay.Port
		if err := open(t, s, srv.Password).Put(t.Context(), "file", providertest.Noise(1, 8<<20)); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		if got := stored(srv); got != 2 {
			t.Errorf("%s: sent %d times, want 2", method, got)
		}
	}
}

func stored(srv *ftptest.Server) int {
	n := 0
	for _, c := range srv.Commands() {
		if strings.HasPrefix(c, "STOR") {
			n++
		}
	}
	return n
}

func TestMethod_leavesNothingBehind(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	for _, method := range []string{ftp.Curl, ftp.NcFTPPut} {
		srv := ftptest.New(t, ftptest.Options{})
		temp := t.TempDir()
		t.Setenv("TMPDIR", temp)
		before := goleak.IgnoreCurrent()
		store := open(t, by(method, settingsFor(srv)), srv.Password)
		ctx, cancel := context.WithCancel(t.Context())
		if err := store.Put(ctx, "cancelled", endless{cancel}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", method, err, context.Canceled)
		}
		for name, body := range map[string]providers.Body{"short": shorter{providertest.Noise(1, 2<<20)}, "long": longer{providertest.Noise(1, 2<<20)}} {
			if err := store.Put(t.Context(), name, body); err == nil || !strings.Contains(err.Error(), "body: ") {
				t.Errorf("%s: got %v for a body that is too %s", method, err, name)
			}
			if info, err := os.Stat(filepath.Join(srv.Root, name)); err == nil && info.Size() >= body.Size() {
				t.Errorf("%s: a body that is too %s looks whole", method, name)
			}
		}
		store.Close()
		goleak.VerifyNone(t, before)
		if left, _ := os.ReadDir(temp); len(left) > 0 {
			t.Errorf("%s left %v", method, left)
		}
	}
}

// longer is a body that goes on after its size.
type longer struct{ providers.Body }

func (l longer) Size() int64 { return l.Body.Size() - 512<<10 }

func TestMethod_endsWithItsStore(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	srv := ftptest.New(t, ftptest.Options{})
	store := open(t, by(ftp.Curl, settingsFor(srv)), srv.Password)
	if err := store.Put(t.Context(), "file", endless{func() { store.Close() }}); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("got %v, want %v", err, fs.ErrClosed)
	}
}

func TestMethod_survivesTheDeathOfAServer(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	for _, method := range []string{ftp.Curl, ftp.NcFTPPut} {
		root := t.TempDir()
		srv := ftptest.NewReal(t, "pyftpdlib", ftptest.RealOptions{Root: root})
		store := open(t, by(method, settingsFor(srv)), srv.Password)
		var opened atomic.Int32
		body := &pausing{Body: providertest.Noise(1, 64<<20), pause: func() {
			if opened.Add(1) > 1 {
				return
			}
			srv.Close()
			again, err := ftptest.StartReal("pyftpdlib", ftptest.RealOptions{Root: root, Port: srv.Port})
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { again.Close() })
		}}
		if err := store.Put(t.Context(), "file", body); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		if got, _ := os.ReadFile(filepath.Join(root, "file")); !bytes.Equal(got, content(t, body.Body)) {
			t.Errorf("%s: the file is not whole", method)
		}
	}
}

func TestMethod_curlGoesToTheHostForAnotherName(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit})
	s := by(ftp.Curl, settingsFor(srv))
	s.TLS.ServerName = "127.0.0.2" // nobody listens there
	s.EPSV = false
	store := open(t, s, srv.Password)
	if err := store.Put(t.Context(), "file", providertest.Noise(1, 100_000)); err != nil {
		t.Fatal(err)
	}
	for _, c := range srv.Commands() {
		if strings.HasPrefix(c, "EPSV") {
			t.Error("EPSV was sent")
		}
	}
}

func TestMethod_curlTakesTLS13OnlyOnDemand(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit, MinTLS: tls.VersionTLS13})
	s := by(ftp.Curl, settingsFor(srv))
	err := open(t, s, srv.Password).Put(t.Context(), "file", providertest.Text("x"))
	if !errors.Is(err, providers.ErrUnreachable) || !strings.Contains(providers.Hint(err), "tls.min_version") {
		t.Errorf("got %v, hint %q", err, providers.Hint(err))
	}
	s.TLS.MinVersion = "1.3"
	if err := open(t, s, srv.Password).Put(t.Context(), "file", providertest.Text("x")); err != nil {
		t.Error(err)
	}
}

func TestMethod_ncftpputSendsNoPartOfAPath(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	srv := ftptest.New(t, ftptest.Options{})
	store := open(t, by(ftp.NcFTPPut, settingsFor(srv)), srv.Password)
	longest := strings.Repeat("folder/", 67) + "filename1" // 478 bytes and the root
	if err := store.Put(t.Context(), longest, providertest.Text("x")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(srv.Root, longest)); err != nil {
		t.Error(err)
	}
	if err := store.Put(t.Context(), longest+"2", providertest.Text("x")); !errors.Is(err, providers.ErrName) {
		t.Errorf("got %v, want %v", err, providers.ErrName)
	}
}

func TestOpen_missesTheProgramOfAMethod(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	s := by(ftp.Curl, sound())
	_, err := ftp.Open(t.Context(), s, secret("x"))
	if err == nil || !strings.Contains(providers.Hint(err), "apt install curl") {
		t.Errorf("got %v, hint %q", err, providers.Hint(err))
	}
}

func TestOpen_refusesAPasswordThatNcftpputWouldCut(t *testing.T) {
	t.Setenv("PATH", ftptest.Programs(t))
	s := by(ftp.NcFTPPut, sound())
	s.Password = reference
	for _, password := range []string{strings.Repeat("x", 101), "a\nhost evil"} {
		if _, err := ftp.Open(t.Context(), s, secret(password)); err == nil {
			t.Errorf("%q was taken", password)
		}
	}
}

func TestSettings_checksTheMethod(t *testing.T) {
	for want, change := range map[string]func(*ftp.Settings){
		"Invalid transfer method":      func(s *ftp.Settings) { by("wget", s) },
		"Transfer method without TLS":  func(s *ftp.Settings) { by(ftp.NcFTPPut, s) },
		"Transfer method without IPv6": func(s *ftp.Settings) { by(ftp.NcFTPPut, s).Host = "::1"; s.TLS = &ftp.TLS{Mode: ftp.Off} },
		"":                             func(s *ftp.Settings) { by(ftp.Curl, s) },
	} {
		s := sound()
		change(s)
		got := ""
		for _, p := range s.Check() {
			got += p.Summary
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
