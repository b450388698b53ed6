package ftp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

const dLine, fLine = " drwxr-xr-x 1 o g 1 Jan 01 2024 ", " -rw-r--r-- 1 o g 5 Jan 01 2024 "

func statusReply(lines ...string) string {
	return "213-status\n" + strings.Join(append(lines, "213 end"), "\n")
}

func listReply(lines ...string) string {
	var all strings.Builder
	for _, l := range lines {
		all.WriteString(strings.TrimPrefix(l, " ") + "\r\n")
	}
	return all.String()
}

// DELE is answered twice, the second time late: RMD goes to a folder that is full.
func TestLean_removesNoFullFolderAfterADoubledReply(t *testing.T) {
	root := []string{dLine + ".vmxsync", dLine + "Bart", dLine + "Lisa"}
	doubled := false
	say := map[string]func(*scripted) string{
		"FEAT": said("211-these\n SIZE\n211 end"),
		"LIST": func(c *scripted) string {
			if strings.HasSuffix(c.arg, "Bart") {
				return c.send(listReply(fLine+"precious"), "226 done")
			}
			return c.send(listReply(root...), "226 done")
		},
		"DELE": func(c *scripted) string { doubled = true; return "250 deleted" },
		"STAT": func(c *scripted) string {
			switch {
			case strings.HasSuffix(c.arg, "not-here") || strings.HasPrefix(c.arg, "-a"):
				return "550 no such folder"
			case strings.HasSuffix(c.arg, "Bart"):
				if doubled {
					fmt.Fprint(c, "250 deleted\r\n") // once more
				}
				return statusReply(fLine + "precious")
			}
			return statusReply(root...)
		},
		"RMD": said("250 removed"),
	}
	srv := newScript(t, say)
	set := srv.settings()
	set.Connections, set.Timeouts = 1, brief(2*time.Second)
	store := open(t, set, "x").Lean()
	store.List(t.Context(), ".")
	store.RemoveListed(t.Context(), providers.File{Path: "Bart/old", Kind: providers.Regular})
	err := store.RemoveListed(t.Context(), providers.File{Path: "Bart", Kind: providers.Dir})
	if n := srv.count("RMD"); n > 0 {
		t.Errorf("RMD was sent %d times for a folder that holds a file: %v", n, err)
	}
	t.Log(err, srv.heard)
}

// STAT is cut after so many bytes, not lines.
func TestLean_findsAListingCutAfterSoManyBytes(t *testing.T) {
	const most = 4000
	short, long := []string{}, []string{}
	for i := range 60 {
		short = append(short, fLine+fmt.Sprintf("f%02d", i))
	}
	for i := range 40 {
		long = append(long, fLine+fmt.Sprintf("%02d%s", i, strings.Repeat("x", 200)))
	}
	root := []string{dLine + ".vmxsync", dLine + "long", dLine + "short"}
	of := func(arg string) []string {
		switch {
		case strings.HasSuffix(arg, "short"):
			return short
		case strings.HasSuffix(arg, "long"):
			return long
		}
		return root
	}
	say := map[string]func(*scripted) string{
		"FEAT": said("211-these\n SIZE\n211 end"),
		"LIST": func(c *scripted) string { return c.send(listReply(of(c.arg)...), "226 done") },
		"STAT": func(c *scripted) string {
			if strings.HasSuffix(c.arg, "not-here") || strings.HasPrefix(c.arg, "-a") {
				return "550 no such folder"
			}
			var lines []string
			n := 0
			for _, l := range of(c.arg) {
				if n += len(l) + 2; n > most {
					break
				}
				lines = append(lines, l)
			}
			return statusReply(lines...)
		},
	}
	srv := newScript(t, say)
	set := srv.settings()
	set.Connections, set.Timeouts = 1, brief(2*time.Second)
	store := open(t, set, "x").Lean()
	store.List(t.Context(), "short")
	files, err := store.List(t.Context(), "long")
	if err == nil && len(files) != len(long) {
		t.Errorf("%d of %d entries, and no error", len(files), len(long))
	}
}
