package sftp_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/providers/sftp"
	"github.com/vmxsync/vmxsync/providers/sftp/sftptest"
)

func wantWorks(t *testing.T, store *sftp.Store) {
	t.Helper()
	if _, err := store.List(t.Context(), "."); err != nil {
		t.Error(err)
	}
}

func TestLogin_byEveryWay(t *testing.T) {
	t.Parallel()
	plain, asking := sftptest.New(t, sftptest.Options{}), sftptest.New(t, sftptest.Options{Interactive: true})
	real := map[string]*sftptest.Server{"in-process": plain}
	if sftptest.Available(sftptest.RealOptions{}) == nil {
		real["sshd"] = sftptest.NewReal(t, sftptest.RealOptions{})
	}
	for name, srv := range real {
		t.Run(name+"/password", func(t *testing.T) { wantWorks(t, open(t, srv, settingsFor(srv))) })
		t.Run(name+"/key", func(t *testing.T) {
			s := settingsFor(srv)
			s.Password, s.PrivateKey = providers.Reference{}, srv.KeyFile
			wantWorks(t, open(t, srv, s))
		})
		t.Run(name+"/agent", func(t *testing.T) {
			withAgent(t, srv.KeyFile)
			s := settingsFor(srv)
			s.Password, s.Agent = providers.Reference{}, true
			wantWorks(t, open(t, srv, s))
		})
	}
	t.Run("keyboard-interactive", func(t *testing.T) { wantWorks(t, open(t, asking, settingsFor(asking))) })
}

// withAgent runs an agent that holds one key.
func withAgent(t *testing.T, keyFile string) {
	t.Helper()
	serveAgent(t, keyFile, func(ring agent.Agent) agent.Agent { return ring })
}

// serveAgent runs what as makes of an agent that holds one key.
func serveAgent(t *testing.T, keyFile string, as func(agent.Agent) agent.Agent) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("ssh-agent is not used on Windows")
	}
	text, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "agent") // a socket has a short path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { agent.ServeAgent(as(ring), c); c.Close() }()
		}
	}()
	os.Setenv("SSH_AUTH_SOCK", l.Addr().String())
	t.Cleanup(func() { os.Unsetenv("SSH_AUTH_SOCK") })
}

func TestLogin_refused(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{})
	store, err := sftp.Open(t.Context(), settingsFor(srv), secret("hunter2"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	sftp.DoNotPause(store)
	for range 5 {
		_, err = store.List(t.Context(), ".")
	}
	if !errors.Is(err, providers.ErrLogin) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want %v without the password", err, providers.ErrLogin)
	}
	if hint := providers.Hint(err); !strings.Contains(hint, reference.Name) || strings.Contains(hint, "hunter2") {
		t.Errorf("hint %q, want where the password came from", hint)
	}
	if _, refused := srv.Logins(); refused > 2 {
		t.Errorf("%d refused logins, want at most 2", refused)
	}
}

func TestLogin_passphrase(t *testing.T) {
	providertest.SkipIfRacing(t) // a key from a passphrase is made to take long
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{})
	text, err := os.ReadFile(srv.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte("open sesame"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "id")
	if err := os.WriteFile(file, pemOf(locked), 0o600); err != nil {
		t.Fatal(err)
	}
	s := settingsFor(srv)
	s.Password, s.PrivateKey = providers.Reference{}, file
	for given, want := range map[string]string{"open sesame": "", "wrong": "does not open", "": "has a passphrase"} {
		s.Passphrase = providers.Reference{}
		if given != "" {
			s.Passphrase = reference
		}
		store, err := sftp.Open(t.Context(), s, secret(given))
		switch {
		case want == "" && err == nil:
			wantWorks(t, store)
			store.Close()
		case want == "" || err == nil || !strings.Contains(err.Error(), want) || providers.Hint(err) == "":
			t.Errorf("passphrase %q: got %v, want %q and a hint", given, err, want)
		}
	}
}

func TestHostKey_ofAServerWithSeveral(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{HostKeys: []string{"ed25519", "ecdsa", "rsa"}})
	for i, key := range srv.HostKeys {
		for _, pin := range []string{ssh.FingerprintSHA256(key), strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))} {
			s := settingsFor(srv)
			s.HostKey = []string{pin}
			wantWorks(t, open(t, srv, s))
		}
		known := filepath.Join(t.TempDir(), "known_hosts")
		line := strings.Split(srv.KnownHosts(), "\n")[i] + "\n"
		if err := os.WriteFile(known, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		s := settingsFor(srv)
		s.HostKey, s.KnownHosts = nil, known
		wantWorks(t, open(t, srv, s))
	}
	accepted, refused := srv.Logins()
	if accepted != 9 || refused != 0 {
		t.Errorf("%d logins and %d refused, want 9 and none: nothing is shown to an untrusted server", accepted, refused)
	}
}

func TestHostKey_neverAnyOther(t *testing.T) {
	t.Parallel()
	srv, other := sftptest.New(t, sftptest.Options{}), sftptest.New(t, sftptest.Options{HostKeys: []string{"ed25519", "rsa"}})
	empty, revoked := filepath.Join(t.TempDir(), "empty"), filepath.Join(t.TempDir(), "revoked")
	for file, text := range map[string]string{empty: "", revoked: srv.KnownHosts() + "@revoked * " + string(ssh.MarshalAuthorizedKey(srv.HostKeys[0]))} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(*sftp.Settings){
		"other":   func(s *sftp.Settings) { s.HostKey = []string{other.Fingerprint()} },
		"unknown": func(s *sftp.Settings) { s.HostKey, s.KnownHosts = nil, empty },
		"revoked": func(s *sftp.Settings) { s.HostKey, s.KnownHosts = nil, revoked },
	} {
		s := settingsFor(srv)
		change(s)
		_, err := open(t, srv, s).List(t.Context(), ".")
		if !errors.Is(err, providers.ErrUnreachable) || providers.Hint(err) == "" {
			t.Errorf("%s: got %v, want %v with a hint", name, err, providers.ErrUnreachable)
		}
	}
	if accepted, refused := srv.Logins(); accepted+refused > 0 {
		t.Errorf("%d logins at a server that is not trusted", accepted+refused)
	}
}

func TestJumpHost(t *testing.T) {
	t.Parallel()
	srv, jump := sftptest.New(t, sftptest.Options{}), sftptest.New(t, sftptest.Options{Forward: true})
	s := settingsFor(srv)
	s.Proxy, s.ProxyPassword = "ssh://u@"+jump.Addr(), reference
	s.ProxyHostKey = []string{jump.Fingerprint()}
	if problems := s.Check(); len(problems) > 0 {
		t.Fatal(problems)
	}
	store := open(t, srv, s)
	if err := store.Put(t.Context(), "dir/file", text("through")); err != nil {
		t.Fatal(err)
	}
	wantOnDisk(t, srv, "dir/file", "through")
	if n, _ := jump.Logins(); n != 1 {
		t.Errorf("%d logins at the jump host, want 1", n)
	}
	s.ProxyHostKey = []string{srv.Fingerprint()}
	_, err := open(t, srv, s).List(t.Context(), ".")
	if err == nil || !strings.Contains(err.Error(), "jump host: handshake") || !strings.Contains(providers.Hint(err), "proxy_host_key = ") {
		t.Errorf("got %v, %q, want the host key of the jump host", err, providers.Hint(err))
	}
}

// tunnel is an HTTP proxy that wants a login.
func tunnel(t *testing.T) (address string) {
	t.Helper()
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("anna:secret"))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Header.Get("Proxy-Authorization") != want {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		out, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer out.Close()
		in, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer in.Close()
		io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(out, in); out.Close() }()
		io.Copy(in, out)
	}))
	t.Cleanup(proxy.Close)
	return proxy.Listener.Addr().String()
}

func TestProxy_http(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{})
	s := settingsFor(srv)
	s.Proxy, s.ProxyPassword = "http://anna@"+tunnel(t), reference
	store := open(t, srv, s)
	must(t, store.Put(t.Context(), "dir/file", contract.Noise{Seed: 1, Bytes: 3 << 20}))
	wantContent(t, store, "dir/file", contract.Noise{Seed: 1, Bytes: 3 << 20})
	s.ProxyPassword = providers.Reference{}
	_, err := open(t, srv, s).List(t.Context(), ".")
	if err == nil || !strings.Contains(providers.Hint(err), "proxy_password") {
		t.Errorf("got %v, %q, want what the proxy asks for", err, providers.Hint(err))
	}
}

func TestTrace_hasNoSecret(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		if r.Type == sftptest.Mkdir {
			return sftptest.Reply{Code: 4, Text: "no secret for \x1b[31m you"}
		}
		return sftptest.Reply{}
	}})
	var trace bytes.Buffer
	store := openIn(providers.WithTrace(t.Context(), &trace), t, srv, settingsFor(srv))
	err := store.Put(t.Context(), "dir/file", text("x"))
	store.Close()
	for _, said := range []string{trace.String(), err.Error()} {
		if strings.Contains(said, srv.Password) || strings.Contains(said, "\x1b") || !strings.Contains(said, "no ****") {
			t.Errorf("got %q, want neither the password nor what moves a cursor", said)
		}
	}
	if !strings.Contains(trace.String(), "1> MKDIR ") {
		t.Errorf("trace %q, want the requests", trace.String())
	}
}

// silent never says its first word.
func TestConnect_toWhoNeverAnswers(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go io.Copy(io.Discard, c)
		}
	}()
	s := sftp.NewSettings()
	s.Host, s.Port, s.Username, s.Root, s.Password = "127.0.0.1", l.Addr().(*net.TCPAddr).Port, "u", "/x", reference
	s.HostKey = []string{"SHA256:" + strings.Repeat("A", 43)}
	s.Timeouts = &sftp.Timeouts{Connect: providers.Duration(100 * time.Millisecond)}
	store, err := sftp.Open(t.Context(), s, secret("x"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	_, err = store.List(context.WithoutCancel(t.Context()), ".")
	if !errors.Is(err, providers.ErrUnreachable) || !strings.Contains(providers.Hint(err), "timeouts.connect") {
		t.Errorf("got %v, %q", err, providers.Hint(err))
	}
}

// An agent that waits for a person holds no login longer than timeouts.connect.
func TestLogin_agentThatDoesNotAnswer(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("ssh-agent is not used on Windows")
	}
	dir, err := os.MkdirTemp("", "agent") // a socket has a short path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		if c, err := l.Accept(); err == nil {
			io.Copy(io.Discard, c)
			c.Close()
		}
	}()
	t.Setenv("SSH_AUTH_SOCK", l.Addr().String())
	srv := sftptest.New(t, sftptest.Options{})
	s := settingsFor(srv)
	s.Password, s.Agent = providers.Reference{}, true
	s.Timeouts = &sftp.Timeouts{Connect: providers.Duration(100 * time.Millisecond)}
	store, err := sftp.Open(t.Context(), s, secret(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	sftp.DoNotPause(store)
	if _, err := store.List(t.Context(), "."); err == nil {
		t.Error("the login has succeeded")
	}
}

// wantFewLogins lets five calls fail, which must not lock the account out.
func wantFewLogins(t *testing.T, srv *sftptest.Server, s *sftp.Settings) {
	t.Helper()
	var trace bytes.Buffer
	store := openIn(providers.WithTrace(t.Context(), &trace), t, srv, s)
	for range 5 {
		if _, err := store.List(t.Context(), "."); !errors.Is(err, providers.ErrLogin) || providers.Hint(err) == "" {
			t.Errorf("got %v, want %v with a hint", err, providers.ErrLogin)
		}
	}
	if n := strings.Count(trace.String(), "log in as"); n > 2 {
		t.Errorf("%d logins, want at most 2", n)
	}
}

// RFC 4256, section 3.1: the server may refuse without a question. The library calls
// that a message that was not expected.
func TestLogin_refusedWithoutAQuestion(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{NoQuestions: true})
	wantFewLogins(t, srv, settingsFor(srv))
}

// unwilling is an agent that shows its key, and signs nothing: nobody has confirmed.
type unwilling struct{ agent.Agent }

func (unwilling) Sign(ssh.PublicKey, []byte) (*ssh.Signature, error) {
	return nil, errors.New("not confirmed")
}

func TestLogin_agentThatDoesNotSign(t *testing.T) {
	srv := sftptest.New(t, sftptest.Options{})
	serveAgent(t, srv.KeyFile, func(ring agent.Agent) agent.Agent { return unwilling{ring} })
	s := settingsFor(srv)
	s.Password, s.Agent = providers.Reference{}, true
	wantFewLogins(t, srv, s)
}

// sshd ends the connection after too many tries, of which each key of an agent is one.
func TestLogin_tooManyTriesOnSSHD(t *testing.T) {
	t.Parallel()
	srv := sftptest.NewReal(t, sftptest.RealOptions{Config: []string{"MaxAuthTries 1"}})
	s := settingsFor(srv)
	other := sftptest.New(t, sftptest.Options{})
	s.PrivateKey = other.KeyFile
	wantFewLogins(t, srv, s)
}

// A connection that is cut in the login says nothing about the password.
func TestLogin_cutIsNotRefused(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{CutLogin: true})
	_, err := open(t, srv, settingsFor(srv)).List(t.Context(), ".")
	if !errors.Is(err, providers.ErrUnreachable) || errors.Is(err, providers.ErrLogin) {
		t.Errorf("got %v, want %v", err, providers.ErrUnreachable)
	}
}

// What a server writes to stderr is read: it shares its window with the replies.
func TestSession_ofAServerThatComplains(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{Complains: 8 << 20})
	s := settingsFor(srv)
	s.Timeouts = &sftp.Timeouts{Connect: providers.Duration(5 * time.Second)}
	wantWorks(t, open(t, srv, s))
}

// A jump host has a MaxStartups of its own.
func TestSessions_fewerThanTheJumpHostAllows(t *testing.T) {
	t.Parallel()
	srv, jump := sftptest.New(t, sftptest.Options{}), sftptest.New(t, sftptest.Options{Forward: true, MaxSessions: 2})
	s := settingsFor(srv)
	s.Proxy, s.ProxyPassword, s.ProxyHostKey = "ssh://u@"+jump.Addr(), reference, []string{jump.Fingerprint()}
	store := open(t, srv, s)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if err := store.Put(t.Context(), fmt.Sprintf("dir/%d", i), contract.Noise{Bytes: 1 << 20}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := store.Traits().Sessions; n > 2 {
		t.Errorf("%d sessions, want what the jump host allows", n)
	}
}

// The way out of a login that the jump host refuses names its attributes.
func TestJumpHost_refusedLogin(t *testing.T) {
	t.Parallel()
	srv, jump := sftptest.New(t, sftptest.Options{}), sftptest.New(t, sftptest.Options{Forward: true})
	s := settingsFor(srv)
	s.Proxy, s.ProxyHostKey = "ssh://else@"+jump.Addr(), []string{jump.Fingerprint()}
	s.Password, s.ProxyPassword = providers.Reference{}, reference
	s.PrivateKey = srv.KeyFile
	store, err := sftp.Open(t.Context(), s, secret("hunter2"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	_, err = store.List(t.Context(), ".")
	want := "The jump host " + jump.Addr() + " refused the login: check the user in `proxy` (\"else\"), and `private_key`, `agent` or `proxy_password`."
	if !errors.Is(err, providers.ErrLogin) || providers.Hint(err) != want {
		t.Errorf("got %v, %q, want %q", err, providers.Hint(err), want)
	}
}

// No text of a server repeats a password, that of the jump host included: neither before
// there is a session nor in one.
func TestTexts_haveNoPassword(t *testing.T) {
	t.Parallel()
	const said = "nothing for secret and hunter2"
	jump := sftptest.New(t, sftptest.Options{Forward: true})
	for name, srv := range map[string]*sftptest.Server{
		"channel": sftptest.New(t, sftptest.Options{Rejects: said}),
		"status": sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
			if r.Type == sftptest.Lstat {
				return sftptest.Reply{Code: 4, Text: said}
			}
			return sftptest.Reply{}
		}}),
	} {
		s := settingsFor(srv)
		s.PrivateKey = srv.KeyFile
		s.Proxy, s.ProxyHostKey = "ssh://u@"+jump.Addr(), []string{jump.Fingerprint()}
		s.ProxyPassword = providers.Reference{Kind: providers.FileReference, Name: "/etc/jump.password"}
		store, err := sftp.Open(t.Context(), s, func(_ context.Context, r providers.Reference) (string, error) {
			if r.Name == reference.Name {
				return "hunter2", nil
			}
			return jump.Password, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		sftp.DoNotPause(store)
		_, err = store.List(t.Context(), "dir")
		if err == nil || !strings.Contains(err.Error(), "nothing for **** and ****") {
			t.Errorf("%s: got %v, want its text without the passwords", name, err)
		}
	}
}
