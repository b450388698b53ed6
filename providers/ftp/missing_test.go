package ftp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// Without MLSD, Pure-FTPd lists a missing folder as vsftpd does: as an empty
// one.
func TestList_tellsMissingFromEmptyOnRealServers(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		hidden := []string{"nothing"}
		if real.Facts.MLSD {
			hidden = append(hidden, " MLST")
		}
		for _, hide := range hidden {
			t.Run(real.Name+"/"+hide, func(t *testing.T) {
				srv := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
				if err := os.Mkdir(filepath.Join(srv.Root, "empty"), 0o777); err != nil {
					t.Fatal(err)
				}
				s := settingsFor(srv)
				s.Port = withoutFeature(t, srv, hide)
				store := open(t, s, srv.Password)
				if files, err := store.List(t.Context(), "empty"); err != nil || len(files) > 0 {
					t.Errorf("empty: %d files, %v", len(files), err)
				}
				if files, err := store.List(t.Context(), "missing"); !errors.Is(err, fs.ErrNotExist) || files != nil {
					t.Errorf("missing: %d files, %v, want fs.ErrNotExist", len(files), err)
				}
				if _, err := store.Stat(t.Context(), "missing"); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("stat: %v, want fs.ErrNotExist", err)
				}
			})
		}
	}
}

// withoutFeature is the port of a server that is srv, but does not offer a
// feature in FEAT.
func withoutFeature(t *testing.T, srv *ftptest.Server, feature string) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go hideLines(near, srv.Addr(), feature)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// hideLines passes a control connection on, but for the lines of the server
// that begin with a text.
func hideLines(near net.Conn, address, text string) {
	defer near.Close()
	far, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		io.Copy(far, near)
		far.Close()
	}()
	for lines := bufio.NewScanner(far); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), text) {
			fmt.Fprintf(near, "%s\r\n", lines.Text())
		}
	}
}
