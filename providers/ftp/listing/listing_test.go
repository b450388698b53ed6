package listing_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func day(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
}

func TestMLSD_understandsFacts(t *testing.T) {
	modified := time.Date(2026, 1, 12, 9, 30, 5, 0, time.UTC)
	for line, want := range map[string]providers.File{
		"type=file;size=0123;modify=20260112093005; a b":                   {Path: "a b", Kind: "file", Size: 123, ModTime: modified},
		"Modify=20260112093005.123;Perm=adfrw;Size=5;Type=file;UNIX=x;  a": {Path: " a", Kind: "file", Size: 5, ModTime: modified},
		"type=dir; d": {Path: "d", Kind: "dir"},
		"type=OS.unix=slink:/etc;modify=20260112093005; l": {Path: "l", Kind: "link", ModTime: modified},
		"type=OS.unix=symlink;size=3; l":                   {Path: "l", Kind: "link"},
		"type=OS.unix=chr-1/3; null":                       {Path: "null", Kind: "other"},
	} {
		if got, err := listing.MLSD(line); err != nil || got != want {
			t.Errorf("%s\n got %+v, %v\nwant %+v", line, got, err, want)
		}
	}
}

func TestMLSD_refusesWhatItWouldHaveToGuess(t *testing.T) {
	for _, line := range []string{
		"a", "size=3; a", "type=file; a", "type=file;size=-1; a", "type=file;size=0x1; a", "type=what;size=3; a",
		"type=file;size=3;modify=yesterday; a", "type=file;size; a", "type=file;size=99999999999999999999; a",
	} {
		if got, err := listing.MLSD(line); err == nil {
			t.Errorf("%s\n got %+v", line, got)
		}
	}
}

func seeds(f *testing.F) {
	f.Add("drwxr-xr-x 2 u g 4096 Nov 3 2025 .\r\n-rw-r--r-- 1 u g 7 Nov 3 10:11 f\r\n")
	f.Add("11-03-25  02:33PM       <DIR>          d\r\n")
	f.Add("type=cdir; /x\r\ntype=file;size=3;modify=20260112093005; a\r\n")
	f.Add("total 3\nlrwxrwxrwx 1 u g 7 Nov 3 2025 a -> b\n")
	f.Add("type=file;size=3; ..\n")
	f.Add("-rw-r--r-- 1 u g 7 13. M\xe4r 2024 f\r\ndrwxr-xr-x 2 u g 6 2024年 1月13日 d\r\n")
	f.Add("+i8388621.48594,m825718503,r,s280,\tdjb.html\r\n13.01.2024  14:33 7 f\r\n")
}

// holds demands what callers of a listing rely on.
func holds(t *testing.T, raw string, files []providers.File, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, providers.ErrListing) || files != nil {
			t.Errorf("%q: %d files and %v", raw, len(files), err)
		}
		return
	}
	kinds := []providers.Kind{providers.Regular, providers.Dir, providers.Link, providers.Other}
	for _, f := range files {
		if f.Path == "" || strings.ContainsAny(f.Path, "/\n") || f.Size < 0 || !slices.Contains(kinds, f.Kind) || f.ModTime.Location() != time.UTC {
			t.Errorf("%q: %+v", raw, f)
		}
	}
	if lines := strings.Count(raw, "\n") + 1; len(files) > lines {
		t.Errorf("%q: %d files of %d lines", raw, len(files), lines)
	}
}

func FuzzLIST(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw string) {
		files, err := listing.Parse([]byte(raw), func(line string) (providers.File, error) { return listing.LIST(line, now) })
		holds(t, raw, files, err)
	})
}

func FuzzMLSD(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw string) {
		files, err := listing.Parse([]byte(raw), listing.MLSD)
		holds(t, raw, files, err)
	})
}
