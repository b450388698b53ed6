package ftp_test

import (
	"errors"
	"io/fs"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
)

// What was understood of a listing comes with the error alone.
func TestList_givesThePartThatWasUnderstood(t *testing.T) {
	const content = "drwxr-xr-x 2 u g 6 Nov 3 2025 .\r\ndrwxr-xr-x 2 u g 6 Nov 3 2025 web01\r\nwhat is web02\r\n-rw-r--r-- 1 u g 3 Nov 3 2025 a\r\n"
	srv := newScript(t, verbs{
		"FEAT": without, "LIST": lists(content), "SIZE": said("550 no"),
		"CWD": func(s *scripted) string {
			if s.arg == "/" {
				return "250 here"
			}
			return "550 no"
		},
	})
	store := open(t, srv.settings(), "x")
	files, err := store.List(t.Context(), ".")
	partial, ok := errors.AsType[*providers.PartialListing](err)
	if files != nil || !errors.Is(err, providers.ErrListing) || !ok {
		t.Fatalf("got %v, %v; want no files and a part in the error", files, err)
	}
	if got, want := pathsOf(partial.Files), []string{"a", "web01"}; !slices.Equal(got, want) {
		t.Errorf("the part: got %q, want %q", got, want)
	}
	for name, want := range map[string]error{"web03": fs.ErrNotExist, "web02": providers.ErrListing} {
		if f, err := store.Stat(t.Context(), name); !errors.Is(err, want) {
			t.Errorf("%s: got %v, %v; want %v", name, f, err, want)
		}
	}
	if f, err := store.Stat(t.Context(), "a"); err != nil || f.Size != 3 {
		t.Errorf("a: got %v, %v", f, err)
	}
}
