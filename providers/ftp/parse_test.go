package ftp_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func day(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
}

func TestParseLIST_understandsWhatServersWrite(t *testing.T) {
	for _, c := range []struct {
		line string
		want providers.File
	}{
		{"-rw-r--r--    1 1000     1000      14336 Jan 12 09:30 disk.vmdk", providers.File{Path: "disk.vmdk", Kind: "file", Size: 14336, ModTime: day(2026, 1, 12, 9, 30)}},
		{"-rw-r--r--    1 1000     1000          3 Dec 31 23:59 last year", providers.File{Path: "last year", Kind: "file", Size: 3, ModTime: day(2025, 12, 31, 23, 59)}},
		{"-rw-r--r--    1 1000     1000          3 Mar  2 11:00 zone ahead", providers.File{Path: "zone ahead", Kind: "file", Size: 3, ModTime: day(2026, 3, 2, 11, 0)}},
		{"-rw-r--r--    1 1000     1000          3 Feb 29  2024 leap", providers.File{Path: "leap", Kind: "file", Size: 3, ModTime: day(2024, 2, 29, 0, 0)}},
		{"drwxr-xr-x.   2 root     root       4096 Nov  3  2025 selinux", providers.File{Path: "selinux", Kind: "dir", ModTime: day(2025, 11, 3, 0, 0)}},
		{"drwxr-xr-x+   2 root     root       4096 Nov  3  2025 acl", providers.File{Path: "acl", Kind: "dir", ModTime: day(2025, 11, 3, 0, 0)}},
		{"drwxrwsr-t@   2 root     root       4096 Nov  3  2025 attr", providers.File{Path: "attr", Kind: "dir", ModTime: day(2025, 11, 3, 0, 0)}},
		{"-rw-r--r-- 1 CORP\\jo doe Domain Users 7 Nov 3 2025 f", providers.File{Path: "f", Kind: "file", Size: 7, ModTime: day(2025, 11, 3, 0, 0)}},
		{"-rw-r--r-- 1 u g 7 2025-11-03 10:11 iso", providers.File{Path: "iso", Kind: "file", Size: 7, ModTime: day(2025, 11, 3, 10, 11)}},
		{"-rw-r--r-- 1 u g 7 2025-11-03 10:11:00.000000000 +0100 full iso", providers.File{Path: "full iso", Kind: "file", Size: 7, ModTime: day(2025, 11, 3, 9, 11)}},
		{"-rw-r--r-- 1 u g 0123 Nov 3 2025 not octal", providers.File{Path: "not octal", Kind: "file", Size: 123, ModTime: day(2025, 11, 3, 0, 0)}},
		{"-rw-r--r-- 1 u g 7 Nov 3 2025  lead", providers.File{Path: " lead", Kind: "file", Size: 7, ModTime: day(2025, 11, 3, 0, 0)}},
		{"-rw-r--r-- 1 u g 7 Nov 3 2025 12 Nov 3 2025 x", providers.File{Path: "12 Nov 3 2025 x", Kind: "file", Size: 7, ModTime: day(2025, 11, 3, 0, 0)}},
		{"lrwxrwxrwx 1 u g 7 Nov 3 2025 link -> /etc/passwd", providers.File{Path: "link", Kind: "link", ModTime: day(2025, 11, 3, 0, 0)}},
		{"crw-rw-rw- 1 root root 1, 3 Nov 3 2025 null", providers.File{Path: "null", Kind: "other", ModTime: day(2025, 11, 3, 0, 0)}},
		{"srwxrwxrwx 1 u g 0 Nov 3 2025 sock", providers.File{Path: "sock", Kind: "other", ModTime: day(2025, 11, 3, 0, 0)}},
		{"-r--------   0 user group     65222236 Feb 24 00:39 hosted", providers.File{Path: "hosted", Kind: "file", Size: 65222236, ModTime: day(2026, 2, 24, 0, 39)}},
		{"11-03-25  02:33PM       <DIR>          two words", providers.File{Path: "two words", Kind: "dir", ModTime: day(2025, 11, 3, 14, 33)}},
		{"11-03-2025  14:33             14336 disk.vmdk", providers.File{Path: "disk.vmdk", Kind: "file", Size: 14336, ModTime: day(2025, 11, 3, 14, 33)}},
		{"11-03-25  02:33PM       <JUNCTION>     j [C:\\x]", providers.File{Path: "j", Kind: "link", ModTime: day(2025, 11, 3, 14, 33)}},
	} {
		got, err := ftp.ParseLIST(c.line, now)
		if err != nil || got != c.want {
			t.Errorf("%s\n got %+v, %v\nwant %+v", c.line, got, err, c.want)
		}
	}
}

func TestParseLIST_refusesWhatItWouldHaveToGuess(t *testing.T) {
	for _, line := range []string{
		"hello", " ", "+i8388621.29609,m824255902,/,\tdev", "-rw-r--r-- 1 u g 7 3. Nov 2025 local", "-rw-r--r-- 1 u g 7 Nov 31 2025 f",
		"-rw-r--r-- 1 u g 7 Okt 3 2025 f", "-rw-r--r-- 1 u g -7 Nov 3 2025 f", "lrwxrwxrwx 1 u g 7 Nov 3 2025 a -> b -> c",
		"13-25-2025  14:33             14336 day first", "-rw-r--r-- 1 u g 99999999999999999999 Nov 3 2025 f", "-rw-r--r--",
	} {
		if got, err := ftp.ParseLIST(line, now); err == nil {
			t.Errorf("%s\n got %+v", line, got)
		}
	}
}

func TestParseMLSD_understandsFacts(t *testing.T) {
	modified := time.Date(2026, 1, 12, 9, 30, 5, 0, time.UTC)
	for line, want := range map[string]providers.File{
		"type=file;size=0123;modify=20260112093005; a b":                   {Path: "a b", Kind: "file", Size: 123, ModTime: modified},
		"Modify=20260112093005.123;Perm=adfrw;Size=5;Type=file;UNIX=x;  a": {Path: " a", Kind: "file", Size: 5, ModTime: modified},
		"type=dir; d": {Path: "d", Kind: "dir"},
		"type=OS.unix=slink:/etc;modify=20260112093005; l": {Path: "l", Kind: "link", ModTime: modified},
		"type=OS.unix=symlink;size=3; l":                   {Path: "l", Kind: "link"},
		"type=OS.unix=chr-1/3; null":                       {Path: "null", Kind: "other"},
	} {
		if got, err := ftp.ParseMLSD(line); err != nil || got != want {
			t.Errorf("%s\n got %+v, %v\nwant %+v", line, got, err, want)
		}
	}
}

func TestParseMLSD_refusesWhatItWouldHaveToGuess(t *testing.T) {
	for _, line := range []string{
		"a", "size=3; a", "type=file; a", "type=file;size=-1; a", "type=file;size=0x1; a", "type=what;size=3; a",
		"type=file;size=3;modify=yesterday; a", "type=file;size; a", "type=file;size=99999999999999999999; a",
	} {
		if got, err := ftp.ParseMLSD(line); err == nil {
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

func FuzzParseLIST(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw string) {
		files, err := ftp.ParseListing([]byte(raw), func(line string) (providers.File, error) { return ftp.ParseLIST(line, now) })
		holds(t, raw, files, err)
	})
}

func FuzzParseMLSD(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw string) {
		files, err := ftp.ParseListing([]byte(raw), ftp.ParseMLSD)
		holds(t, raw, files, err)
	})
}
