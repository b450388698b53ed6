package ftp_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
)

const twoFiles = "type=file;size=1; a\r\ntype=file;size=1; b\r\n"

// closedPort is one that nobody listens on.
func closedPort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestList_fallsBackToPASVOnceWhereThePortOfEPSVIsClosed(t *testing.T) {
	var log notices
	dead := closedPort(t)
	srv := newScript(t, verbs{
		"EPSV": said(fmt.Sprintf("229 passive (|||%d|)", dead)), "PASV": (*scripted).oldPassive, "MLSD": lists(twoFiles),
	})
	store := openTold(t, srv.settings(), log.add)
	for range 3 {
		if files, err := store.List(t.Context(), "."); err != nil || len(files) != 2 {
			t.Fatalf("got %v, %v", files, err)
		}
	}
	if n := srv.count("EPSV"); n != 1 || srv.dialled.Load() != 1 {
		t.Errorf("EPSV was asked %d times in %d sessions, want once", n, srv.dialled.Load())
	}
	if n := len(log.all()); n != 1 || !log.contains("using PASV from now on") {
		t.Errorf("the log: %q, want one line", log.all())
	}
}

func TestList_saysThatNoDataConnectionGetsThrough(t *testing.T) {
	dead := closedPort(t)
	srv := newScript(t, verbs{
		"EPSV": said(fmt.Sprintf("229 passive (|||%d|)", dead)),
		"PASV": said(fmt.Sprintf("227 passive (10,1,2,3,%d,%d)", dead>>8, dead&255)),
	})
	_, err := open(t, srv.settings(), "x").List(t.Context(), ".")
	hint := providers.Hint(err)
	for _, want := range []string{"EPSV", "PASV", "passive ports", "10.1.2.3", "127.0.0.1"} {
		if !strings.Contains(hint, want) {
			t.Errorf("got %v, hint %q; want %q in it", err, hint, want)
		}
	}
}

// The timeout that ended the wait is the one that is named.
func TestList_namesTheTimeoutOfADataConnection(t *testing.T) {
	srv := newScript(t, verbs{"EPSV": said("229 passive (|||9|)"), "PASV": said("502 not here")})
	s := srv.settings()
	s.Timeouts = brief(soon)
	s.Timeouts.IO = providers.Duration(10 * time.Second)
	store := open(t, s, "x")
	ftp.Lead(store, func(ctx context.Context, address string) (net.Conn, error) {
		if strings.HasSuffix(address, ":9") { // swallows all
			<-ctx.Done()
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
		}
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	})
	_, err := store.List(t.Context(), ".")
	if hint := providers.Hint(err); !strings.Contains(hint, "within 200ms (`timeouts.connect`)") || strings.Contains(hint, "timeouts.io") {
		t.Errorf("got %v, hint %q", err, hint)
	}
}

func TestList_readsTheNumbersOfPASVWhereverTheyStand(t *testing.T) {
	for _, form := range []string{
		"227 Entering Passive Mode 127,0,0,1,%d,%d", "227 Entering Passive Mode (127,0,0,1,%d,%d). (ok)",
		"227 =127,0,0,1,%d,%d", "227 Entering Passive Mode ( 127, 0, 0, 1, %d, %d )", "227 on port 21: 127,0,0,1,%d,%d.",
	} {
		srv := newScript(t, verbs{
			"EPSV": said("502 not here"), "MLSD": lists(twoFiles),
			"PASV": func(c *scripted) string {
				return c.listen(func(port int) string { return fmt.Sprintf(form, port>>8, port&255) })
			},
		})
		if files, err := open(t, srv.settings(), "x").List(t.Context(), "."); err != nil || len(files) != 2 {
			t.Errorf("%s: got %v, %v", form, files, err)
		}
	}
}

func TestList_waitsForAServerThatIsNotReadyYet(t *testing.T) {
	srv := newScript(t, verbs{"BANNER": said("120 ready in 1 minute\n220 ready"), "MLSD": lists(twoFiles)})
	if files, err := open(t, srv.settings(), "x").List(t.Context(), "."); err != nil || len(files) != 2 {
		t.Errorf("got %v, %v", files, err)
	}
}
