package ftp_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// capped is a server that sends so many lines of a folder and no more, and says
// nothing. Each command has its own number of lines for what is no entry.
type capped struct {
	entries, limit int
	mlsd           bool
	dots           map[string]int // by command, 0 or 2
	refuses        []string       // commands
}

func (c capped) server(t *testing.T) *script {
	say := verbs{}
	for _, verb := range []string{"MLSD", "LIST", "NLST"} {
		say[verb] = func(s *scripted) string {
			command := verb
			if strings.HasPrefix(s.arg, "-a ") {
				command += " -a"
			}
			if slices.Contains(c.refuses, command) {
				return "550 no"
			}
			return s.send(c.lines(command), "226 done")
		}
	}
	if !c.mlsd {
		say["FEAT"] = without
	}
	return newScript(t, say)
}

func (c capped) lines(command string) string {
	styles := map[string][2]string{
		"MLSD": {"type=dir; %s\r\n", "type=file;size=3; %s\r\n"},
		"NLST": {"/dir/%s\r\n", "/dir/%s\r\n"},
	}
	style, ok := styles[command]
	if !ok {
		style = [2]string{"drwxr-xr-x 2 u g 6 Nov 3 2025 %s\r\n", "-rw-r--r-- 1 u g 3 Nov 3 2025 %s\r\n"}
	}
	var b strings.Builder
	dots := []string{".", ".."}[:c.dots[command]]
	for i, name := range append(dots, numberedNames(c.entries)...)[:min(c.limit, len(dots)+c.entries)] {
		kind := 1
		if i < len(dots) {
			kind = 0
		}
		fmt.Fprintf(&b, style[kind], name)
	}
	return b.String()
}

func numberedNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("n%05d", i)
	}
	return names
}

// listings is how often a folder was listed, in whatever way.
func (s *script) listings(dir string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, line := range s.heard {
		if verb, _, _ := strings.Cut(line, " "); slices.Contains([]string{"MLSD", "LIST", "NLST"}, verb) && strings.HasSuffix(line, " "+dir) {
			n++
		}
	}
	return n
}

const noLimit = 1 << 30

func TestList_asksAgainWhereAServerMayHaveStopped(t *testing.T) {
	both := map[string]int{"MLSD": 2, "LIST -a": 2}
	for name, c := range map[string]struct {
		capped
		whole  bool
		listed int // how often dir was
	}{
		"ordinary":                  {capped{entries: 999, limit: noLimit, mlsd: true, dots: both}, true, 1},
		"1000":                      {capped{entries: 1000, limit: noLimit, mlsd: true, dots: both}, true, 2},
		"998 and dots":              {capped{entries: 998, limit: noLimit, mlsd: true, dots: both}, true, 2},
		"1024":                      {capped{entries: 1024, limit: noLimit, mlsd: true, dots: both}, true, 2},
		"512 are few":               {capped{entries: 512, limit: noLimit, mlsd: true, dots: both}, true, 1},
		"cut at 1000":               {capped{entries: 1001, limit: 1000, mlsd: true, dots: both}, false, 2},
		"cut by one":                {capped{entries: 999, limit: 1000, mlsd: true, dots: both}, false, 2},
		"cut at 2048":               {capped{entries: 5000, limit: 2048, mlsd: true, dots: both}, false, 2},
		"only -a has dots":          {capped{entries: 1000, limit: noLimit, mlsd: true, dots: map[string]int{"LIST -a": 2}}, true, 3},
		"cut, only -a has dots":     {capped{entries: 1001, limit: 1000, mlsd: true, dots: map[string]int{"LIST -a": 2}}, false, 3},
		"only NLST has dots":        {capped{entries: 1000, limit: noLimit, mlsd: true, dots: map[string]int{"NLST": 2}}, true, 4},
		"nothing has dots":          {capped{entries: 1000, limit: noLimit, mlsd: true}, false, 4},
		"MLSD alone":                {capped{entries: 1000, limit: noLimit, mlsd: true, dots: both, refuses: []string{"LIST", "LIST -a", "NLST"}}, false, 4},
		"LIST, and -a":              {capped{entries: 1000, limit: noLimit, dots: map[string]int{"LIST -a": 2}}, true, 2},
		"LIST, and -a, cut":         {capped{entries: 1500, limit: 1000, dots: map[string]int{"LIST -a": 2}}, false, 2},
		"LIST with dots, NLST not":  {capped{entries: 1000, limit: noLimit, dots: map[string]int{"LIST": 2, "LIST -a": 2}}, true, 3},
		"LIST with dots, NLST, cut": {capped{entries: 1500, limit: 1000, dots: map[string]int{"LIST": 2, "LIST -a": 2}}, false, 3},
		"LIST alone":                {capped{entries: 1000, limit: noLimit, refuses: []string{"LIST -a", "NLST"}}, false, 3},
	} {
		t.Run(name, func(t *testing.T) {
			srv := c.server(t)
			files, err := open(t, srv.settings(), "x").List(t.Context(), "dir")
			if c.whole != (err == nil) || c.whole && len(files) != c.entries {
				t.Errorf("%d files, %v; want whole: %v", len(files), err, c.whole)
			}
			if !c.whole && (!errors.Is(err, providers.ErrListing) || !strings.Contains(providers.Hint(err), "LimitRecursion")) {
				t.Errorf("got %v, hint %q", err, providers.Hint(err))
			}
			if got := srv.listings("/dir"); got != c.listed {
				t.Errorf("listed %d times, want %d", got, c.listed)
			}
		})
	}
}

// fill brings dir to n empty files, on the disk.
func fill(t *testing.T, srv *ftptest.Server, dir string, n int) {
	t.Helper()
	dir = filepath.Join(srv.Root, dir)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	held, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range numberedNames(n)[len(held):] {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever these servers are asked, they show neither the directory itself nor
// its parent: a round number of entries proves nothing there.
var noDots = []string{"pyftpdlib", "twisted", "goftp", "ftp-srv", "in-process"}

func TestList_readsRoundFoldersOfRealServers(t *testing.T) {
	servers := map[string]func(t *testing.T) *ftptest.Server{
		"in-process": func(t *testing.T) *ftptest.Server { return ftptest.New(t, ftptest.Options{}) },
		"vsftpd with dots": func(t *testing.T) *ftptest.Server {
			return ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{ForceDotFiles: true})
		},
	}
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		servers[real.Name] = func(t *testing.T) *ftptest.Server {
			return ftptest.NewReal(t, real.Name, ftptest.RealOptions{ListLimit: moreThan(real, 10000)})
		}
	}
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			store := open(t, settingsFor(srv), srv.Password)
			for _, n := range []int{998, 1000, 1002, 1024, 10000} {
				fill(t, srv, "dir", n)
				files, err := store.List(t.Context(), "dir")
				if slices.Contains(noDots, name) && (n%1000 == 0 || n == 1024) {
					if !errors.Is(err, providers.ErrListing) || !strings.Contains(providers.Hint(err), "add one file or folder") {
						t.Errorf("%d: got %d files, %v, hint %q", n, len(files), err, providers.Hint(err))
					}
				} else if err != nil || len(files) != n {
					t.Errorf("%d: got %d files, %v", n, len(files), err)
				}
			}
		})
	}
}

// moreThan lifts the limit of a server that has one.
func moreThan(r ftptest.RealServer, entries int) int {
	if r.Facts.ListLimit == 0 {
		return 0
	}
	return 2 * entries
}

// Pure-FTPd says that it has cut a listing. ProFTPD says nothing; it cuts LIST
// and NLST, and not MLSD.
func TestList_findsWhatRealServersCut(t *testing.T) {
	for _, c := range []struct {
		name          string
		limit, around int
		want          string
	}{
		{"pure-ftpd", 0, 10000, "truncated to 10000 matches"},
		{"pure-ftpd", 2000, 2000, "truncated to 2000 matches"},
		{"pure-ftpd", 1234, 1234, "truncated to 1234 matches"},
		{"proftpd", 1000, 1024, "when listed again"},
	} {
		t.Run(fmt.Sprint(c.name, c.limit), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.NewReal(t, c.name, ftptest.RealOptions{ListLimit: c.limit})
			store := open(t, settingsFor(srv), srv.Password)
			for _, n := range []int{c.around - 2, c.around} { // 2 more lines: the directory and its parent
				fill(t, srv, "dir", n)
				for way, store := range map[string]providers.Store{"": store, "lean": providers.LeanOf(store)} {
					files, err := store.List(t.Context(), "dir")
					if !errors.Is(err, providers.ErrListing) || files != nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(providers.Hint(err), "LimitRecursion") {
						t.Errorf("%d %s: got %d files, %v, hint %q", n, way, len(files), err, providers.Hint(err))
					}
				}
			}
		})
	}
}
