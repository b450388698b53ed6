package ftp_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
)

// floods sends a part of a listing again and again, until the client hangs up.
func floods(part string) func(*scripted) string {
	return func(c *scripted) string {
		fmt.Fprint(c, "150 here it comes\r\n")
		d := c.accepted()
		defer d.Close()
		for {
			if _, err := io.WriteString(d, part); err != nil {
				return "426 you hung up"
			}
		}
	}
}

// Each is told at the first try, in memory that the server does not choose.
func TestList_endsWhatHasNoEnd(t *testing.T) {
	entry := "type=file;size=3;modify=20260101000000; "
	for name, mlsd := range map[string]func(*scripted) string{
		"a long line":            lists(entry + strings.Repeat("n", 1<<20) + "\r\n"),
		"a line without its end": lists(entry + "a\r\n" + entry + strings.Repeat("n", 1<<20)),
		"an endless line":        floods(strings.Repeat("n", 1<<16)),
		"endless lines":          floods(strings.Repeat(entry+"\x1b[2J\r\n", 1000)),
		"endless line ends":      floods(strings.Repeat("\r\n", 1<<15)),
	} {
		t.Run(name, func(t *testing.T) {
			srv := newScript(t, verbs{"MLSD": mlsd})
			store := open(t, srv.settings(), "x")
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			files, err := store.List(t.Context(), "dir")
			runtime.ReadMemStats(&after)
			if !errors.Is(err, providers.ErrListing) || files != nil || len(err.Error()) > 2000 {
				t.Errorf("got %d files and %.2000v", len(files), err)
			}
			if got := srv.count("MLSD"); got != 1 {
				t.Errorf("listed %d times, want 1", got)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 1<<30 {
				t.Errorf("allocated %d MiB", got>>20)
			}
		})
	}
}

func TestList_readsMoreNamesThanAnyoneHas(t *testing.T) {
	t.Parallel()
	const n = 100_001
	var mlsd, list strings.Builder
	for i := range n {
		fmt.Fprintf(&mlsd, "type=dir;modify=20260101000000; \x1b[2J%06d\xff%s\r\n", i, strings.Repeat("n", 200))
		fmt.Fprintf(&list, "lrwxrwxrwx 1 u g 4 Jan 3 2026 \x1b[2J%06d\xff%s -> /etc\r\n", i, strings.Repeat("n", 200))
	}
	srv := newScript(t, verbs{"MLSD": lists(mlsd.String()), "LIST": lists(list.String())})
	files, err := open(t, srv.settings(), "x").List(t.Context(), "dir")
	if err != nil || len(files) != n {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if f.Kind != providers.Link {
			t.Fatalf("%+v is no link", f)
		}
	}
}
