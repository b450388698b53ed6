package ftp_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// What holds for short paths holds for those that are walked, on a server that
// takes the rest of a long line for a command.
func TestWalk_keepsTheLaw(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bytes int
		o     ftptest.Options
	}{{600, ftptest.Options{DisableMLSD: true}}, {600, ftptest.Options{}}, {3000, ftptest.Options{}}} {
		if providertest.Thin() && (c.bytes > 600 || c.o.DisableMLSD) {
			continue
		}
		t.Run(fmt.Sprintf("%d bytes, MLSD %v", c.bytes, !c.o.DisableMLSD), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.New(t, c.o)
			relay := ftptest.Via(t, srv, ftptest.Faults{SplitLines: 511})
			providertest.Run(t, func(t *testing.T) providers.Store {
				return open(t, via(srv, relay), srv.Password)
			}, providertest.In(folded(c.bytes, "contract")), providertest.InTurn(), providertest.Sizes(0, 1, 64<<10, 1<<20+1), providertest.Entries(20))
			if n := relay.Hits(ftptest.SplitLines); n > 4 {
				t.Errorf("%d lines were split, want those of the proofs alone", n)
			}
		})
	}
}

// Every real server is walked beyond the longest line, and the two that split
// lines beyond 511 bytes. netkit cuts the reply to PWD: there, such a path is refused.
func TestWalk_onRealServers(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		srv := ftptest.NewReal(t, r.Name, ftptest.RealOptions{})
		store := open(t, settingsFor(srv), srv.Password)
		if r.Name == "inetutils" || r.Name == "netkit" {
			walksThere(t, srv, store, "short/"+folded(600, "folder"))
		}
		bytes := 3000
		if r.Name == "proftpd" {
			bytes = 900 // it ends a session that lists a folder of 2,100
		}
		long := "long/" + folded(bytes, "folder")
		if r.Name == "netkit" {
			expectRefusals(t, map[string]error{"put": store.Put(t.Context(), long+"/disk", providertest.Text("x"))})
			return
		}
		walksThere(t, srv, store, long)
		if r.Name == "proftpd" {
			deep := folded(2200, "folder")[1:]
			if err := os.MkdirAll(filepath.Join(srv.Root, filepath.FromSlash(deep)), 0o777); err != nil {
				t.Fatal(err)
			}
			_, err := store.List(t.Context(), deep)
			if hint := providers.Hint(err); err == nil || !strings.Contains(hint, "the server may not be able to work with as many") {
				t.Errorf("list of a folder that ends the session: got the hint %q, %s", hint, ending(err))
			}
		}
	})
}

// ending is the end of an error, whose begin is a long path.
func ending(err error) string {
	text := fmt.Sprint(err)
	return text[max(0, len(text)-300):]
}

// walksThere does each thing once in a folder, and looks at the server's disk.
func walksThere(t *testing.T, srv *ftptest.Server, store *ftp.Store, dir string) {
	t.Helper()
	ctx, body := t.Context(), providertest.Noise(1, 300<<10)
	must := func(what string, err error) {
		if err != nil {
			t.Errorf("%s: %s", what, ending(err))
		}
	}
	must("put", store.Put(ctx, dir+"/a blank", body))
	expectWhole(t, srv, dir+"/a blank", body)
	half := body.Size() / 2
	must("cut", os.Truncate(filepath.Join(srv.Root, filepath.FromSlash(dir), "a blank"), half))
	_, err := store.Resume(ctx, dir+"/a blank", body)
	must("resume", err)
	expectWhole(t, srv, dir+"/a blank", body)
	must("make", store.MakeDir(ctx, dir+"/made"))
	must("rename", store.Rename(ctx, dir+"/a blank", "out"))
	must("rename", store.Rename(ctx, "out", dir+"/back"))
	must("rename", store.Rename(ctx, dir+"/back", dir+"/made/moved"))
	expectWhole(t, srv, dir+"/made/moved", body)
	must("verify", store.Verify(ctx, dir+"/made/moved", body, sumOf(t, body)))
	f, err := store.Stat(ctx, dir+"/made/moved")
	if err != nil || f.Size != body.Size() {
		t.Errorf("stat: got %d bytes, %.300v", f.Size, err)
	}
	files, err := store.List(ctx, dir)
	if got := pathsOf(files); err != nil || !slices.Equal(got, []string{dir + "/made"}) {
		t.Errorf("list: got %d names, %s", len(got), ending(err))
	}
	r, err := store.Open(ctx, dir+"/made/moved", half)
	must("open", err)
	if err == nil {
		n, err := io.Copy(io.Discard, r)
		if r.Close(); err != nil || n != body.Size()-half {
			t.Errorf("read: got %d bytes, %.300v", n, err)
		}
	}
	must("remove", store.Remove(ctx, dir+"/made/moved"))
	must("remove folder", store.Remove(ctx, dir+"/made"))
	_, err = store.Stat(ctx, dir+"/made")
	_, gone := os.Stat(filepath.Join(srv.Root, filepath.FromSlash(dir), "made"))
	if !errors.Is(err, fs.ErrNotExist) || !errors.Is(gone, fs.ErrNotExist) {
		t.Errorf("what was removed: %.300v, on the disk: %.300v", err, gone)
	}
}

// A short path costs the same commands as before, and no folder is entered for it.
func TestWalk_isForLongPathsOnly(t *testing.T) {
	srv := newScript(t, verbs{
		"STOR": func(s *scripted) string { s.receive(); return "226 stored" },
		"SIZE": said("213 1"), "DELE": said("250 gone"), "PWD": said(`257 "/"`),
	})
	store := open(t, srv.settings(), "x")
	for _, n := range []int{20, 488} {
		if err := store.Put(t.Context(), folded(n, "disk")[1:], providertest.Text("x")); err != nil {
			t.Error(err)
		}
	}
	if pwd, noop := srv.count("PWD"), srv.count("NOOP"); pwd != 0 || noop != 0 {
		t.Errorf("%d PWD and %d NOOP for short paths, want none", pwd, noop)
	}
}

// walker is a script that enters folders truly, and reads no line of more than
// 500 bytes. Its root is called home in the replies to PWD.
func walker(home string) verbs {
	enter := func(s *scripted) string {
		switch {
		case len(s.arg) > 500:
			return "501 too long"
		case strings.HasPrefix(s.arg, "/"):
			s.current = path.Clean(s.arg)
		default:
			s.current = path.Join(s.current, s.arg)
		}
		return "250 here"
	}
	return verbs{
		"CWD":  enter,
		"PWD":  func(s *scripted) string { return pwd(path.Join(home, s.current)) },
		"NOOP": said("200 here"),
		"FEAT": said("211-these\n MLST type*;size*;modify*;\n SIZE\n211 end"),
		"MLST": func(s *scripted) string {
			return "250-here\n type=file;size=3;modify=20251103100000; " + s.arg + "\n250 end"
		},
		"MLSD": func(s *scripted) string { return s.send("", "226 done") },
		"LIST": func(s *scripted) string { return s.send("", "226 done") },
		"DELE": said("250 gone"), "RMD": said("250 gone"), "RNFR": said("350 and"), "RNTO": said("250 moved"),
		"STOR": func(s *scripted) string { s.receive(); return "226 stored" },
		"SIZE": said("213 3"),
	}
}

func pwd(dir string) string {
	return fmt.Sprintf("257 \"%s\" is the current folder", strings.ReplaceAll(dir, `"`, `""`))
}

// destructive are the commands by which a wrong folder loses what is in it.
var destructive = []string{"DELE", "RMD", "STOR", "RNFR", "MKD"}

// Where PWD does not name the very folder that was to be entered, nothing is
// deleted, moved or stored: whatever the server says to CWD.
func TestWalk_nothingIsSentWherePWDNamesAnotherFolder(t *testing.T) {
	name := folded(700, "disk")
	dir := "/" + path.Dir(name)
	says := func(reply string) func(*scripted) string {
		return func(s *scripted) string {
			if s.current == "/" {
				return pwd("/")
			}
			return reply
		}
	}
	for what, lies := range map[string]func(*scripted) string{
		"stays in the root":       says(pwd("/")),
		"another beside it":       says(pwd(dir + "x")),
		"a link":                  says(pwd("/web01/2026-11-21-010000")),
		"renamed into trash":      says(pwd("/.vmxsync/trash" + dir)),
		"another spelling":        says(pwd(strings.ToUpper(dir))),
		"cut":                     says(pwd(dir)[:300]),
		"goes on behind a quote":  says(pwd(dir + `"more`)),
		"refused":                 says("550 too deep"),
		"refused, as not allowed": says("550 permission denied"),
		"no path":                 says("257 here"),
		"never":                   said("502 not here"),
		"nothing, ever":           said("257 here"),
	} {
		t.Run(what, func(t *testing.T) {
			say := walker("/")
			say["PWD"] = lies
			srv := newScript(t, say)
			store := open(t, srv.settings(), "x")
			expectRefusals(t, map[string]error{
				"remove":  store.Remove(t.Context(), name),
				"put":     store.Put(t.Context(), name, providertest.Text("abc")),
				"rename":  store.Rename(t.Context(), name, name+"2"),
				"make":    store.MakeDir(t.Context(), name),
				"discard": leftoversIn(t, store, path.Dir(name)),
			})
			for _, verb := range destructive {
				if n := srv.count(verb); n > 0 {
					t.Errorf("%d %s were sent: %.60q", n, verb, srv.lines(verb))
				}
			}
		})
	}
}

func leftoversIn(t *testing.T, store *ftp.Store, dir string) error {
	_, err := store.RemoveLeftovers(t.Context(), dir, []string{"disk"})
	return err
}

func expectRefusals(t *testing.T, failed map[string]error) {
	t.Helper()
	for what, err := range failed {
		switch {
		case err == nil:
			t.Errorf("%s: worked", what)
		case errors.Is(err, fs.ErrNotExist):
			t.Errorf("%s: what was not seen is taken for missing: %v", what, err)
		case providers.Hint(err) == "":
			t.Errorf("%s: no hint: %v", what, err)
		}
	}
}

// The folder is renamed after a file in it was looked at, and before the DELE: the
// proof is of the moment, and not of the call.
func TestRemove_provesTheFolderAgainBeforeDELE(t *testing.T) {
	name := folded(700, "disk")
	say := walker("/home/backup")
	renamed := say["PWD"]
	say["PWD"] = func(s *scripted) string {
		if s.count("MLST") > 0 && s.current != "/" {
			return pwd("/home/backup/trash" + s.current)
		}
		return renamed(s)
	}
	srv := newScript(t, say)
	err := open(t, srv.settings(), "x").Remove(t.Context(), name)
	if !errors.Is(err, providers.ErrListing) || srv.count("MLST") == 0 || srv.count("DELE") > 0 {
		t.Errorf("got %v with %d DELE, want %v with none", err, srv.count("DELE"), providers.ErrListing)
	}
}

// A truthful server is believed, however it quotes, and whatever it shows above
// the root.
func TestRemove_walksWhereThePathIsLong(t *testing.T) {
	for what, quote := range map[string]func(string) string{
		"doubled":  func(dir string) string { return strings.ReplaceAll(dir, `"`, `""`) },
		"as it is": func(dir string) string { return dir },
	} {
		for _, home := range []string{"/", "/home/backup"} {
			name := `a "quoted" folder/` + folded(700, " of disks")[1:] + "/disk"
			name = strings.ReplaceAll(name, "/ of disks", "/~of disks")
			say := walker(home)
			say["PWD"] = func(s *scripted) string { return "257 \"" + quote(path.Join(home, s.current)) + "\"" }
			var in string
			say["DELE"] = func(s *scripted) string { in = path.Join(s.current, s.arg); return "250 gone" }
			srv := newScript(t, say)
			if err := open(t, srv.settings(), "x").Remove(t.Context(), name); err != nil || in != "/"+name {
				t.Errorf("%s, %s: %v; deleted %q, want %q", what, home, err, in, name)
			}
			for _, line := range srv.heard {
				if len(line) > 500 && !strings.HasSuffix(line, "/vmxsync-is-not-here") {
					t.Errorf("a line of %d bytes: %.60q", len(line), line)
				}
			}
		}
	}
}

// A session that cannot leave the folder of a long path is not used again.
func TestWalk_asksNothingOfASessionThatCannotLeave(t *testing.T) {
	say := walker("/")
	enter := say["CWD"]
	say["CWD"] = func(s *scripted) string {
		if s.count("DELE") > 0 && s.number < 3 {
			return "550 no"
		}
		return enter(s)
	}
	srv := newScript(t, say)
	s := srv.settings()
	s.Connections = 1
	store := open(t, s, "x")
	if err := store.Remove(t.Context(), folded(700, "disk")); err != nil {
		t.Fatal(err)
	}
	before := srv.dialled.Load()
	if _, err := store.Stat(t.Context(), "short"); err != nil {
		t.Error(err)
	}
	if got := srv.dialled.Load(); got != before+1 {
		t.Errorf("%d sessions, want %d", got, before+1)
	}
}

// A rename that no common folder makes short enough is refused.
func TestWalk_refusesWhatCannotBeWalked(t *testing.T) {
	say := walker("/")
	say["MLST"] = said("550 no such file")
	srv := newScript(t, say)
	store := open(t, srv.settings(), "x")
	expectRefusals(t, map[string]error{"rename": store.Rename(t.Context(), "a/"+folded(700, "disk"), "b/"+folded(700, "disk"))})
	if n := srv.count("RNFR"); n > 0 {
		t.Errorf("%d RNFR were sent", n)
	}
}

// replaced does once what a test wants, when the trace shows a command that
// begins so for the nth time.
type replaced struct {
	begins *regexp.Regexp
	nth    int
	do     func()
}

func (r *replaced) Write(p []byte) (int, error) {
	if r.begins.Match(p) {
		if r.nth--; r.nth == 0 {
			r.do()
		}
	}
	return len(p), nil
}

// Somebody puts another folder, or a link to one, in the place of the folder of a
// file that is being deleted: just before it is entered, or when the session
// already stands in it. On servers that stand in a real folder, the other one
// loses nothing.
func TestRemove_nothingOfAFolderThatTookThePlace(t *testing.T) {
	t.Parallel()
	for server, bytes := range map[string]int{"inetutils": 2900, "netkit": 900, "vsftpd": 2900, "pure-ftpd": 2900} {
		for at, begins := range map[string]string{"before it is entered": `> CWD \./`, "when it was entered": `> PWD`} {
			for what, take := range map[string]func(victim, place string) error{"a link": os.Symlink, "a folder": os.Rename} {
				t.Run(server+"/"+at+"/"+what, func(t *testing.T) {
					t.Parallel()
					srv := ftptest.NewReal(t, server, ftptest.RealOptions{})
					first := open(t, settingsFor(srv), srv.Password)
					name := "web01/" + folded(bytes, "disk")
					providertest.Fill(t, first, map[string]string{name: "old", "victim/disk": "new"})
					place := filepath.Join(srv.Root, filepath.FromSlash(path.Dir(name)))
					took := false
					swap := func() {
						took = true
						if err := errors.Join(os.Rename(place, filepath.Join(srv.Root, "moved")), take(filepath.Join(srv.Root, "victim"), place)); err != nil {
							t.Error(err)
						}
					}
					for nth := 1; ; nth++ {
						took = false
						r := &replaced{regexp.MustCompile(begins), nth, swap}
						err := openTraced(t, settingsFor(srv), srv.Password, r).Remove(t.Context(), name)
						if !took {
							break // all places of the call were tried
						}
						gone := victimGone(srv, place)
						if gone != "" && err != nil || what == "a link" && gone != "" {
							t.Fatalf("%d: %s was deleted, and the call ended with %v", nth, gone, err)
						}
						putBack(t, srv, place, what)
						providertest.Fill(t, first, map[string]string{name: "old", "victim/disk": "new"})
					}
				})
			}
		}
	}
}

// victimGone names the file that took the place, where it is deleted.
func victimGone(srv *ftptest.Server, place string) string {
	for _, dir := range []string{filepath.Join(srv.Root, "victim"), place} {
		if _, err := os.Stat(filepath.Join(dir, "disk")); err == nil {
			return ""
		}
	}
	return "victim/disk"
}

func putBack(t *testing.T, srv *ftptest.Server, place, what string) {
	t.Helper()
	victim := filepath.Join(srv.Root, "victim")
	var err error
	if what == "a link" {
		err = os.Remove(place)
	} else {
		err = os.Rename(place, victim)
	}
	if err := errors.Join(err, os.Rename(filepath.Join(srv.Root, "moved"), place)); err != nil {
		t.Fatal(err)
	}
}

// Commands with a path have one door: whatever is sent past it may be too long.
func TestCommands_haveOneDoor(t *testing.T) {
	doors := []string{"command/commands.go", "command/enter.go", "command/walk.go"}
	library := regexp.MustCompile(`Library\.(ChangeDir|MakeDir|Delete|RemoveDir|Rename|Stor|StorFrom|RetrFrom|Retr|Append)\((.*)`)
	said := regexp.MustCompile(`(?:[sS]ay|SayAnyLength|Exchange)\([^"]*"(MLST|SIZE|MDTM|MFMT|HASH|CWD|DELE|MKD|RMD|AVBL|X[A-Z0-9]+) %s`)
	var files []string
	for _, pattern := range []string{"*.go", "account/*.go", "command/*.go", "external/*.go", "tree/*.go", "wire/*.go"} {
		more, err := filepath.Glob(pattern)
		if err != nil || len(more) == 0 {
			t.Fatal(pattern, more, err)
		}
		files = append(files, more...)
	}
	found := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			m := library.FindStringSubmatch(line)
			switch {
			case m == nil && !said.MatchString(line):
			case slices.Contains(doors, filepath.ToSlash(name)):
				found++
			case strings.HasSuffix(name, "_test.go"), m != nil && strings.HasPrefix(m[2], `"/")`), strings.Contains(line, `"CWD %s", line`):
			default:
				t.Errorf("%s:%d sends a path past commands.go: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	}
	if found < 8 {
		t.Errorf("%d commands in %q, want all of them", found, doors)
	}
}
