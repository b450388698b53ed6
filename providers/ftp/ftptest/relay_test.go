package ftptest_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// through opens a session with a plain in-process server through a relay.
func through(t *testing.T, f ftptest.Faults) (*dialogue, *ftptest.Server, *ftptest.Relay) {
	t.Helper()
	srv := ftptest.New(t, ftptest.Options{})
	relay := ftptest.Via(t, srv, f)
	d := dial(t, srv, relay.Addr())
	d.login(srv)
	return d, srv, relay
}

func expectHit(t *testing.T, r *ftptest.Relay, f ftptest.Fault) {
	t.Helper()
	if missed := r.Missed(); len(missed) > 0 || r.Hits(f) != 1 {
		t.Errorf("%d hits of %s, missed %v, want 1 and none", r.Hits(f), f, missed)
	}
}

func TestRelay_passesEverything(t *testing.T) {
	d, srv, relay := through(t, ftptest.Faults{})
	content := strings.Repeat("0123456789", 100_000)
	d.store("/disk.vmdk", content)
	if got := d.retrieve("/disk.vmdk"); got != content {
		t.Errorf("read back %d bytes, want the %d that were sent", len(got), len(content))
	}
	d.say(229, "EPSV")
	d.say(221, "QUIT")
	if got := relay.Sessions(); got != 1 {
		t.Errorf("%d sessions, want 1", got)
	}
	if got := srv.Logins(); got != 1 {
		t.Errorf("%d logins, want 1", got)
	}
}

func TestRelay_countsCommandsAndDataConnections(t *testing.T) {
	d, _, relay := through(t, ftptest.Faults{})
	relay.Forget()
	d.store("/disk.vmdk", "content")
	d.retrieve("/disk.vmdk")
	io.WriteString(d.raw, "noop\r\nNOOP\r\n") // several at once, as lftp sends them
	for range 2 {
		d.expect(200)
	}
	commands := relay.Commands()
	for verb, want := range map[string]int{"STOR": 1, "RETR": 1, "NOOP": 2, "USER": 0} {
		if got := commands[verb]; got != want {
			t.Errorf("%d commands %s, want %d", got, verb, want)
		}
	}
	if got := relay.DataConnections(); got != 2 {
		t.Errorf("%d data connections, want 2", got)
	}
}

func TestRelay_countsSessionsAtTheSameTime(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	relay := ftptest.Via(t, srv, ftptest.Faults{})
	dial(t, srv, relay.Addr())
	dial(t, srv, relay.Addr())
	if got := relay.PeakSessions(); got != 2 {
		t.Errorf("%d sessions at the peak, want 2", got)
	}
}

// passesTLS stores a file through a relay that carries TLS end to end.
func passesTLS(t *testing.T, srv *ftptest.Server) {
	relay := ftptest.Via(t, srv, ftptest.Faults{CutUpload: 100_000, Times: 1})
	d := dial(t, srv, relay.Addr())
	d.login(srv)
	d.host = relay.Host
	raw := d.passive()
	d.say(1, "STOR %s", path.Join(srv.Path, "cut"))
	if _, err := io.Copy(d.wrapped(raw), strings.NewReader(strings.Repeat("x", 50_000_000))); err == nil {
		t.Error("the upload was not cut")
	}
	expectHit(t, relay, ftptest.CutUpload)

	again := dial(t, srv, relay.Addr())
	again.login(srv)
	again.host = relay.Host
	again.store(path.Join(srv.Path, "whole"), "content")
	if got := again.retrieve(path.Join(srv.Path, "whole")); got != "content" {
		t.Errorf("read back %q, want what was sent", got)
	}
}

func TestRelay_cutsDataUnderTLSOfRealServers(t *testing.T) {
	eachReal(t, func(t *testing.T, r ftptest.RealServer) {
		for _, mode := range r.Modes {
			if mode != ftptest.Off {
				passesTLS(t, ftptest.NewReal(t, r.Name, ftptest.RealOptions{TLS: mode}))
			}
		}
	})
}

func TestRelay_cutsUpload(t *testing.T) {
	d, srv, relay := through(t, ftptest.Faults{CutUpload: 1000, Times: 1})
	data := d.passive()
	d.say(1, "STOR disk")
	_, err := io.Copy(data, strings.NewReader(strings.Repeat("x", 50_000_000)))
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the upload ended with %v, want a reset", err)
	}
	expectHit(t, relay, ftptest.CutUpload)
	d.ReadResponse(0)
	if info, err := os.Stat(filepath.Join(srv.Root, "disk")); err == nil && info.Size() > 1000 {
		t.Errorf("%d bytes arrived, want 1000 at most", info.Size())
	}
	d.store("/disk", "whole")
}

func TestRelay_holdsData(t *testing.T) {
	for fault, f := range map[ftptest.Fault]ftptest.Faults{
		ftptest.HoldUpload:   {HoldUpload: 1000},
		ftptest.HoldDownload: {HoldDownload: 1000},
	} {
		t.Run(string(fault), func(t *testing.T) {
			d, srv, relay := through(t, f)
			content := strings.Repeat("x", 50_000_000)
			if err := os.WriteFile(filepath.Join(srv.Root, "old"), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			data := d.passive()
			data.SetDeadline(time.Now().Add(200 * time.Millisecond))
			var err error
			if fault == ftptest.HoldUpload {
				d.say(1, "STOR new")
				_, err = io.Copy(data, strings.NewReader(content))
			} else {
				d.say(1, "RETR old")
				_, err = io.Copy(io.Discard, data)
			}
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the transfer ended with %v, want silence", err)
			}
			expectHit(t, relay, fault)
		})
	}
}

func TestRelay_endsDownloadEarly(t *testing.T) {
	d, srv, relay := through(t, ftptest.Faults{EndDownload: 5})
	if err := os.WriteFile(filepath.Join(srv.Root, "file"), []byte("0123456789"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := d.retrieve("/file"); got != "01234" {
		t.Errorf("read %q, want the first 5 bytes and a good reply", got)
	}
	expectHit(t, relay, ftptest.EndDownload)
}

func TestRelay_losesReply(t *testing.T) {
	d, srv, relay := through(t, ftptest.Faults{LoseReplyTo: "STOR", Times: 1})
	data := d.passive()
	d.say(1, "STOR disk")
	io.WriteString(data, "content")
	data.Close()
	if line, err := d.ReadLine(); err == nil {
		t.Errorf("reply %q, want none", line)
	}
	expectHit(t, relay, ftptest.LoseReplyTo)
	if got, _ := os.ReadFile(filepath.Join(srv.Root, "disk")); string(got) != "content" {
		t.Errorf("%q is on the server, want the whole file", got)
	}
	again := dial(t, srv, relay.Addr())
	again.login(srv)
	again.store("/disk", "content")
}

func TestRelay_holdsReply(t *testing.T) {
	d, srv, relay := through(t, ftptest.Faults{HoldReplyTo: "MKD"})
	d.PrintfLine("MKD /folder")
	d.raw.SetDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := d.ReadLine(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the session ended with %v, want silence", err)
	}
	expectHit(t, relay, ftptest.HoldReplyTo)
	if _, err := os.Stat(filepath.Join(srv.Root, "folder")); err != nil {
		t.Errorf("the command was not done: %v", err)
	}
}

func TestRelay_holdsControl(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Implicit})
	relay := ftptest.Via(t, srv, ftptest.Faults{HoldControl: 10})
	c := (&dialogue{t: t}).connect(relay.Addr())
	c.SetDeadline(time.Now().Add(200 * time.Millisecond))
	io.WriteString(c, "not a handshake, but long enough")
	if _, err := io.ReadAll(c); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the session ended with %v, want silence", err)
	}
	expectHit(t, relay, ftptest.HoldControl)
}

func TestRelay_refusesSession(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	relay := ftptest.Via(t, srv, ftptest.Faults{RefuseSession: 2})
	dial(t, srv, relay.Addr()).login(srv)
	d := &dialogue{t: t}
	d.Conn = newConn(d.connect(relay.Addr()))
	d.expect(421)
	dial(t, srv, relay.Addr()).login(srv)
	expectHit(t, relay, ftptest.RefuseSession)
}

func TestRelay_changesTheGreeting(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	relay := ftptest.Via(t, srv, ftptest.Faults{Banner: "220 Microsoft FTP Service"})
	d := &dialogue{t: t}
	d.Conn = newConn(d.connect(relay.Addr()))
	if got := d.expect(220); got != "Microsoft FTP Service" {
		t.Errorf("greeting %q, want the one of the relay", got)
	}
	d.login(srv)
	expectHit(t, relay, ftptest.Banner)

	if err := relay.Set(ftptest.Faults{NoBanner: true}); err != nil {
		t.Fatal(err)
	}
	c := d.connect(relay.Addr())
	c.SetDeadline(time.Now().Add(200 * time.Millisecond))
	if got, err := io.ReadAll(c); !errors.Is(err, os.ErrDeadlineExceeded) || len(got) > 0 {
		t.Errorf("greeting %q, %v, want silence", got, err)
	}
	expectHit(t, relay, ftptest.NoBanner)
}

func TestRelay_delays(t *testing.T) {
	const delay = 50 * time.Millisecond
	srv := ftptest.New(t, ftptest.Options{})
	relay := ftptest.Via(t, srv, ftptest.Faults{})
	d := dial(t, srv, relay.Addr())
	if err := relay.Set(ftptest.Faults{Delay: delay}); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	d.say(200, "NOOP")
	if took := time.Since(begin); took < 2*delay {
		t.Errorf("a reply took %v, want %v at least", took, 2*delay)
	}
}

func TestRelay_takesTimeToConnect(t *testing.T) {
	const connect = 50 * time.Millisecond
	srv := ftptest.New(t, ftptest.Options{})
	relay := ftptest.Via(t, srv, ftptest.Faults{Connect: connect})
	begin := time.Now()
	d := dial(t, srv, relay.Addr())
	if took := time.Since(begin); took < connect {
		t.Errorf("the greeting took %v, want %v at least", took, connect)
	}
	d.say(331, "USER %s", srv.User)
}

func TestRelay_throttlesData(t *testing.T) {
	d, _, _ := through(t, ftptest.Faults{Rate: 500_000})
	begin := time.Now()
	d.store("/disk", strings.Repeat("x", 50_000))
	if took := time.Since(begin); took < 60*time.Millisecond {
		t.Errorf("50 kB took %v, want some 100 ms at 500 kB/s", took)
	}
}

func TestRelay_tellsAMissedFault(t *testing.T) {
	_, _, relay := through(t, ftptest.Faults{CutUpload: 1 << 30})
	if got := relay.Missed(); len(got) != 1 || got[0] != ftptest.CutUpload {
		t.Errorf("missed %v, want %s", got, ftptest.CutUpload)
	}
}

func TestNewRelay_refusesWhatCannotHappen(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit})
	for _, f := range []ftptest.Faults{{CutUpload: 1}, {LoseReplyTo: "STOR"}} {
		if r, err := ftptest.NewRelay(srv, f); err == nil {
			r.Close()
			t.Errorf("a relay in front of TLS accepts %+v", f)
		}
	}
	relay := ftptest.Via(t, srv, ftptest.Faults{RefuseSession: 2})
	dial(t, srv, relay.Addr()).login(srv)
}

func TestRelay_CloseEndsEverything(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	relay, err := ftptest.NewRelay(srv, ftptest.Faults{HoldUpload: 1})
	if err != nil {
		t.Fatal(err)
	}
	d := dial(t, srv, relay.Addr())
	d.login(srv)
	data := d.passive()
	d.say(1, "STOR x")
	io.WriteString(data, "xxx")
	relay.Close()
	if c, err := net.Dial("tcp", relay.Addr()); err == nil {
		c.Close()
		t.Error("the port still answers after Close")
	}
	// The server may answer to the end of the data before its session ends.
	d.raw.SetReadDeadline(time.Now().Add(30 * time.Second))
	for err := error(nil); err == nil; {
		if _, err = d.ReadLine(); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the session is still open after Close")
		}
	}
}
