package ftp_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// aheadOf lists folders ahead.
func aheadOf(t *testing.T, lean providers.Lean, dirs ...string) [][]providers.File {
	t.Helper()
	ahead, ok := providers.As[providers.Ahead](lean)
	if !ok {
		t.Fatal("it cannot list ahead")
	}
	all := ahead.ListAhead(t.Context(), dirs)
	if len(all) != len(dirs) {
		t.Fatalf("%d listings of %d folders", len(all), len(dirs))
	}
	return all
}

// wantAsListed proves that what was listed ahead is what is there, and returns how many
// listings there are.
func wantAsListed(t *testing.T, lean providers.Lean, dirs []string, all [][]providers.File) (known int) {
	t.Helper()
	for i, got := range all {
		if got == nil {
			continue
		}
		known++
		want, err := lean.List(t.Context(), dirs[i])
		if !slices.Equal(got, want) || err != nil {
			t.Errorf("%s: ahead %v\nwant %v, %v", dirs[i], got, want, err)
		}
	}
	return known
}

// TestLean_listsAheadWhatListShows compares several listings at once with single ones, on
// each server, in the clear and under TLS.
func TestLean_listsAheadWhatListShows(t *testing.T) {
	dirs := []string{"plain", "missing", "empty", "many", "plain/file", "single", "odd", "a b", "plain/sub"}
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		for _, tls := range []ftptest.TLS{ftptest.Off, ftptest.Explicit} {
			if !real.Grants(ftptest.RealOptions{TLS: tls}) {
				continue
			}
			t.Run(fmt.Sprintf("%s/%s", real.Name, tls), func(t *testing.T) {
				t.Parallel()
				srv := ftptest.NewReal(t, real.Name, ftptest.RealOptions{TLS: tls})
				sampleFolders(t, srv)
				s := settingsFor(srv)
				s.Connections = 1
				lean, known := providers.LeanOf(open(t, s, srv.Password)), 0
				for group := range slices.Chunk(slices.Concat(dirs, dirs), 4) {
					known += wantAsListed(t, lean, group, aheadOf(t, lean, group...))
				}
				t.Logf("%d of %d were listed ahead", known, 2*len(dirs))
				if few := 4; !slices.Contains(noStatus, real.Name) && known < few {
					t.Errorf("%d of %d were listed ahead, want %d at least", known, 2*len(dirs), few)
				}
			})
		}
	}
}

// bent is a proxy before a server, whose bend changes what a client sends at once, if that
// is more than one line. n counts these.
func bent(t *testing.T, srv *ftptest.Server, bend func(n int, lines [][]byte) [][]byte) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var n atomic.Int32
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer near.Close()
				far, err := net.Dial("tcp", srv.Addr())
				if err != nil {
					return
				}
				defer far.Close()
				go io.Copy(near, far)
				buf := make([]byte, 64<<10)
				for {
					size, err := near.Read(buf)
					if err != nil {
						return
					}
					lines := bytes.SplitAfter(buf[:size], []byte("\n"))
					if len(lines) > 2 { // the last one is empty
						lines = bend(int(n.Add(1)), lines)
					}
					far.Write(bytes.Join(lines, nil))
				}
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// A server that does not answer each command that is sent ahead, in their order, is found
// out at the first try, and what it says then is not believed.
func TestLean_refusesAServerThatCannotBeSentAhead(t *testing.T) {
	for name, bend := range map[string]func(n int, lines [][]byte) [][]byte{
		"drops all but the first": func(_ int, lines [][]byte) [][]byte { return lines[:1] },
		"drops one":               func(_ int, lines [][]byte) [][]byte { return slices.Delete(lines, 1, 2) },
		"answers one twice":       func(_ int, lines [][]byte) [][]byte { return slices.Insert(lines, 2, lines[0]) },
		"in another order": func(_ int, lines [][]byte) [][]byte {
			lines[0], lines[1] = lines[1], lines[0]
			return lines
		},
		"in another order, later on": func(n int, lines [][]byte) [][]byte {
			if n > 1 {
				return slices.Insert(lines[1:], 3, lines[0], []byte("STAT /\r\n"))
			}
			return lines
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{})
			sampleFolders(t, srv)
			tries := 0
			s := settingsFor(srv)
			s.Port = bent(t, srv, func(n int, lines [][]byte) [][]byte { tries = n; return bend(n, lines) })
			s.Connections, s.Timeouts = 1, brief(2*time.Second)
			lean := providers.LeanOf(open(t, s, srv.Password))
			dirs := []string{"plain", "plain/sub", "single", "odd"}
			for range 4 {
				wantAsListed(t, lean, dirs, aheadOf(t, lean, dirs...))
			}
			if most := 1 + strings.Count(name, "later"); tries != most {
				t.Errorf("%d tries, want %d", tries, most)
			}
		})
	}
}

// Names in folders cannot pass for the listing of another one, also where two of them agree,
// so that there are as many replies as commands.
func TestLean_nameThatEndsAReplyIsNoListing(t *testing.T) {
	srv := ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{})
	sampleFolders(t, srv)
	fake := "-rw-r--r--    1 0        0               5 Jan 01  2024 forged"
	const end, begin = "\n213 End of status\n", "213-Status follows:\n"
	for i, names := range [][2]string{
		{"x" + end + begin + fake, "y"},
		{"x" + end + begin + fake + end + begin + fake, "y"},
		{"x" + end + "200 NOOP ok.\n" + begin + fake, "y"},
		{"x" + end + "450-no\n" + fake, "y\n450 no\n" + begin + fake},
		{"x" + end + "211-Status follows:\n" + fake, "y\n211 End\n" + begin + fake},
	} {
		evil := []string{fmt.Sprintf("evil%d", i), fmt.Sprintf("evil%db", i)}
		for n, dir := range evil {
			dir = filepath.Join(srv.Root, dir)
			if err := errors.Join(os.Mkdir(dir, 0o777), os.WriteFile(filepath.Join(dir, names[n]), nil, 0o666)); err != nil {
				t.Fatal(err)
			}
		}
		for _, dirs := range [][]string{
			{evil[0], evil[1], "plain", "single"},
			{evil[0], "plain", evil[1], "single"},
			{"plain", "single", evil[0], evil[1]},
			{"plain", "single", evil[1], evil[0]},
		} {
			s := settingsFor(srv)
			s.Connections, s.Timeouts = 1, brief(time.Second) // some of them leave a reply open
			lean := providers.LeanOf(open(t, s, srv.Password))
			aheadOf(t, lean, "plain", "single") // the first time the root is asked for besides
			for d, files := range aheadOf(t, lean, dirs...) {
				for _, f := range files {
					if f.Name() == "forged" || strings.HasPrefix(dirs[d], "evil") {
						t.Errorf("%q: %s was listed as %v", names, dirs[d], files)
					}
				}
			}
		}
	}
}
