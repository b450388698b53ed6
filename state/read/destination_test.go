package read_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

type text string

func (b text) Size() int64 { return int64(len(b)) }
func (b text) Open(offset int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(b[offset:]))), nil
}

// place is a store whose files are an hour old unless said otherwise.
func place(t *testing.T, files ...string) *mem.Store {
	t.Helper()
	store := mem.New(func() time.Time { return noon.Add(-time.Hour) })
	for _, f := range files {
		name, content, _ := strings.Cut(f, "=")
		if err := store.Put(t.Context(), name, text(content)); err != nil {
			t.Fatalf("put %s: %v", name, err)
		}
	}
	return store
}

func manifestFor(t *testing.T, k state.Key, files map[string]int64) string {
	t.Helper()
	m := state.Manifest{Key: k, Run: "r", Verified: "size"}
	for name, size := range files {
		m.Files = append(m.Files, state.ManifestFile{Path: name, Size: size, SHA256: strings.Repeat("0", 64)})
	}
	slices.SortFunc(m.Files, func(a, b state.ManifestFile) int { return strings.Compare(a.Path, b.Path) })
	return string(m.Encode())
}

func defaultLayout(t *testing.T) state.Layout {
	t.Helper()
	l, err := state.ParseLayout(state.DefaultLayout)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func nas(t *testing.T) config.Destination {
	return config.Destination{Name: "nas", Layout: defaultLayout(t), WorkDir: ".vmxsync"}
}

func source(t *testing.T) config.Source {
	return config.Source{Name: "local", Layout: defaultLayout(t), Settle: 10 * time.Minute}
}

func summary(sets []state.Set) string {
	var b strings.Builder
	for _, s := range sets {
		fmt.Fprintf(&b, "%s %s %d files %d bytes\n", s.Key, s.State, len(s.Files), s.Bytes())
	}
	return b.String()
}

var bart = state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}

func TestDestination_states(t *testing.T) {
	store := place(t,
		"Bart/2026-11-21-010000/a=123", "Bart/2026-11-21-010000/sub/b=1",
		"Bart/2026-11-21-010000/vmxsync.sha256="+manifestFor(t, bart, map[string]int64{"a": 3, "sub/b": 1}),
		"Bart/2026-11-21-010000/@eaDir/thumb=junk", "Bart/2026-11-21-010000/Thumbs.db=junk",
		"Bart/2026-11-20-010000/a=123",
		"Bart/readme.txt=x", "Bart/2026-11-19-010000.old/a=1", "lost+found/x=1", "stray=1",
		"Lisa/2026-11-21-010000.tar.gz=x",
		".vmxsync/owner=site\n",
	)
	inv := read.Destination(t.Context(), store, nas(t))
	if inv.Err != nil {
		t.Fatal(inv.Err)
	}
	want := "Bart/2026-11-20-010000 unmarked 1 files 3 bytes\nBart/2026-11-21-010000 complete 2 files 4 bytes\n"
	if got := summary(inv.Sets); got != want {
		t.Errorf("sets:\n%swant:\n%s", got, want)
	}
	if got, want := fmt.Sprint(inv.Foreign), "[Bart/2026-11-19-010000.old Bart/readme.txt stray]"; got != want {
		t.Errorf("foreign: got %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(inv.Unsupported), "[Lisa/2026-11-21-010000.tar.gz]"; got != want {
		t.Errorf("unsupported: got %s, want %s", got, want)
	}
	if inv.Owner != "site" {
		t.Errorf("owner: got %q", inv.Owner)
	}
	if got, want := fmt.Sprint(inv.Sets[1].Junk), "[@eaDir/thumb Thumbs.db @eaDir]"; got != want {
		t.Errorf("junk: got %s, want %s", got, want)
	}
}

func TestManifests_states(t *testing.T) {
	whole := manifestFor(t, bart, map[string]int64{"a": 3})
	for name, c := range map[string]struct {
		manifest, file string
		want           state.State
	}{
		"fits":       {whole, "a=123", state.Complete},
		"torn":       {whole[:len(whole)-9], "a=123", state.Damaged},
		"other size": {whole, "a=1234", state.Damaged},
		"missing":    {whole, "b=123", state.Damaged},
		"of another": {manifestFor(t, state.Key{VM: "Lisa", Stamp: bart.Stamp}, map[string]int64{"a": 3}), "a=123", state.Damaged},
		"newer":      {strings.Replace(whole, "manifest/1", "manifest/2", 1), "a=123", state.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			store := place(t, "Bart/2026-11-21-010000/"+c.file, "Bart/2026-11-21-010000/vmxsync.sha256="+c.manifest)
			inv := read.Destination(t.Context(), store, nas(t))
			if got := read.Manifests(t.Context(), store, inv.Sets)[0]; got.State != c.want {
				t.Errorf("got %s (%s), want %s", got.State, got.Problem, c.want)
			}
		})
	}
}

func TestDestination_staging(t *testing.T) {
	lisa := state.Key{VM: "Lisa", Stamp: bart.Stamp}
	claim := string(state.Claim{Kind: "upload", Key: bart, Run: "r"}.Encode())
	store := place(t,
		".vmxsync/staging/Bart~2026-11-21-010000/claim="+claim, ".vmxsync/staging/Bart~2026-11-21-010000/set/a=12",
		".vmxsync/staging/Lisa~2026-11-21-010000/set/a=123",
		".vmxsync/staging/Lisa~2026-11-21-010000/set/vmxsync.sha256="+manifestFor(t, lisa, map[string]int64{"a": 3}),
		".vmxsync/trash/Bart~2026-11-01-010000~run-1~del/a=1",
		".vmxsync/trash/Bart~2026-11-02-010000~run-1~rep/a=1", ".vmxsync/trash/something else/a=1",
	)
	inv := read.Destination(t.Context(), store, nas(t))
	if inv.Err != nil || len(inv.Staged) != 2 || len(inv.Trash) != 2 {
		t.Fatalf("got %+v", inv)
	}
	if s := inv.Staged[0]; s.Set.State != state.Incomplete || s.Claim == nil || s.Claim.Key != bart || len(s.Files) != 2 {
		t.Errorf("started upload: %+v", s)
	}
	if s := inv.Staged[1]; s.Set.State != state.Complete || s.Set.Manifest == nil || s.Claim != nil {
		t.Errorf("whole staged set: %+v", s)
	}
	if d, r := inv.Trash[0], inv.Trash[1]; d.Replaced || !r.Replaced || d.Run != "run-1" {
		t.Errorf("trash: %+v", inv.Trash)
	}
}

func TestSource_states(t *testing.T) {
	store := place(t,
		"Bart/2026-11-20-010000/a=123", "Bart/2026-11-20-010000/vmxsync.sha256=restored",
		"Bart/2026-11-20-010000/Thumbs.db=x", "Bart/2026-11-20-010000/vm.log=x", "Bart/2026-11-20-010000/deep/er/x.lck=1",
		"Bart/2026-11-21-010000/a=",
		"bart/2026-11-21-010000/a=1",
		"Lisa/2026-11-22-010000/a=1",
	)
	src := source(t)
	src.Ignore = []string{"*.lck", "vm.*"}
	young := read.Source(t.Context(), store, src, noon.Add(-55*time.Minute))
	if s, _ := young.Find(state.Key{VM: "Lisa", Stamp: "2026-11-22-010000"}); s.State != state.Settling {
		t.Errorf("a file of five minutes: %s, want settling", s.State)
	}
	inv := read.Source(t.Context(), store, src, noon)
	want := "Bart/2026-11-20-010000 not-ready 1 files 3 bytes\nBart/2026-11-21-010000 not-ready 1 files 0 bytes\n" +
		"Lisa/2026-11-22-010000 complete 1 files 1 bytes\nbart/2026-11-21-010000 not-ready 1 files 1 bytes\n"
	if got := summary(inv.Sets); got != want || inv.Err != nil {
		t.Errorf("sets:\n%swant:\n%s%v", got, want, inv.Err)
	}
}

// broken fails to list one folder.
type broken struct {
	providers.Store
	dir string
	err error
}

func (b broken) List(ctx context.Context, dir string) ([]providers.File, error) {
	if dir == b.dir {
		return nil, b.err
	}
	return b.Store.List(ctx, dir)
}

func TestDestination_failedListings(t *testing.T) {
	store := place(t, "Bart/2026-11-21-010000/sub/a=1", "Lisa/2026-11-21-010000/a=1")
	fault := errors.New("550 no")
	read := func(dir string, err error) state.Inventory {
		return read.Destination(t.Context(), broken{store, dir, err}, nas(t))
	}
	if inv := read(".", fault); !errors.Is(inv.Err, fault) {
		t.Errorf("root: %v, want an error of the place", inv.Err)
	}
	if inv := read("Bart", fault); inv.UnknownVMs["Bart"] == "" || len(inv.Sets) != 1 || inv.Err != nil {
		t.Errorf("VM: %+v, want Bart unknown and Lisa read", inv)
	}
	for _, dir := range []string{"Bart/2026-11-21-010000", "Bart/2026-11-21-010000/sub"} {
		if s, _ := read(dir, fault).Find(bart); s.State != state.Unknown || s.Problem == "" {
			t.Errorf("%s: %s, want unknown with a reason", dir, s.State)
		}
	}
	if inv := read("Bart", providers.ErrUnreachable); inv.Err == nil {
		t.Error("a place that went away half way is read as if it were whole")
	}
}

func TestGroup_failsRatherThanGuess(t *testing.T) {
	store := place(t, "Bart/2026-11-21-010000/a=1", "Lisa/2026-11-21-010000/a=1")
	layout, fault := defaultLayout(t), errors.New("550 no")
	sets, err := read.Group(t.Context(), store, layout, ".vmxsync", "Bart")
	if err != nil || summary(sets) != "Bart/2026-11-21-010000 unmarked 1 files 1 bytes\n" {
		t.Errorf("got %s, %v", summary(sets), err)
	}
	for _, dir := range []string{".", "Bart"} {
		if _, err := read.Group(t.Context(), broken{store, dir, fault}, layout, ".vmxsync", "Bart"); err == nil {
			t.Errorf("listing of %s failed: no error", dir)
		}
	}
	if _, err := read.Group(t.Context(), broken{store, "Lisa", fault}, layout, ".vmxsync", "Bart"); err != nil {
		t.Errorf("the listing of another VM failed: %v", err)
	}
}

func TestGroup_setThatCannotBeListedIsUnknown(t *testing.T) {
	store := place(t, "Bart/2026-11-20-010000/a=1", "Bart/2026-11-21-010000/sub/a=1")
	layout := defaultLayout(t)
	for _, dir := range []string{"Bart/2026-11-21-010000", "Bart/2026-11-21-010000/sub"} {
		sets, err := read.Group(t.Context(), broken{store, dir, errors.New("550 no")}, layout, ".vmxsync", "Bart")
		want := "Bart/2026-11-20-010000 unmarked 1 files 1 bytes\nBart/2026-11-21-010000 unknown 0 files 0 bytes\n"
		if err != nil || summary(sets) != want || sets[1].Problem == "" {
			t.Errorf("listing of %s failed: got %s, %v, want\n%s", dir, summary(sets), err, want)
		}
	}
	away := broken{store, "Bart/2026-11-21-010000", providers.ErrUnreachable}
	if _, err := read.Group(t.Context(), away, layout, ".vmxsync", "Bart"); !errors.Is(err, providers.ErrUnreachable) {
		t.Errorf("the place went away: got %v, want ErrUnreachable", err)
	}
}

// TestGroups_placeThatWentAwayShowsNoUploadAsASet: what is in staging was not listed then.
func TestGroups_placeThatWentAwayShowsNoUploadAsASet(t *testing.T) {
	claim := state.Claim{Kind: state.UploadClaim, Key: bart, Run: "r", Files: []state.File{{Path: "a", Size: 1}}, InPlace: true}
	store := place(t, bart.String()+"/a=1", "Lisa/2026-11-21-010000/a=1", ".vmxsync/staging/"+bart.Decorated()+"/claim="+string(claim.Encode()))
	away := broken{store, "Lisa/2026-11-21-010000", providers.ErrUnreachable}
	all := read.Groups(t.Context(), away, defaultLayout(t), ".vmxsync", []string{"Bart", "Lisa"})
	for _, vm := range []string{"Bart", "Lisa"} {
		if is := all[vm]; !errors.Is(is.Err, providers.ErrUnreachable) || len(is.Sets) > 0 {
			t.Errorf("%s: got %s, %v, want ErrUnreachable", vm, summary(is.Sets), is.Err)
		}
	}
}

func TestDestination_missingRoot(t *testing.T) {
	inv := read.Destination(t.Context(), missingRoot{place(t)}, nas(t))
	if !errors.Is(inv.Err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", inv.Err)
	}
}

// missingRoot lists an empty root, as vsftpd does, and knows none.
type missingRoot struct{ providers.Store }

func (m missingRoot) Stat(ctx context.Context, p string) (providers.File, error) {
	return providers.File{}, fs.ErrNotExist
}

func TestDestination_clashingNamesAreUntouchable(t *testing.T) {
	inv := read.Destination(t.Context(), place(t, "Bart/2026-11-21-010000/a=1", "bart/2026-11-21-010000/a=1"), nas(t))
	if inv.UnknownVMs["Bart"] == "" || inv.UnknownVMs["bart"] == "" {
		t.Errorf("unknown: %v, want both", inv.UnknownVMs)
	}
}

func TestDestination_cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if inv := read.Destination(ctx, place(t), nas(t)); !errors.Is(inv.Err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", inv.Err)
	}
}

func TestSpec_Assign(t *testing.T) {
	spec := &config.Spec{Backups: []config.Backup{
		{Name: "rest", Source: "s", VMs: []string{"*"}, Exclude: []string{"tmp*"}},
		{Name: "sql", Source: "s", VMs: []string{"sql-*", "dc01"}, Exclude: []string{"sql-test"}},
		{Name: "one", Source: "s", VMs: []string{"sql-01"}},
		{Name: "other", Source: "elsewhere", VMs: []string{"web"}},
	}}
	for vm, want := range map[string]string{"sql-01": "one", "sql-02": "sql", "dc01": "sql", "web": "rest", "tmp1": "", "sql-test": ""} {
		b, ok := spec.Assign("s", vm)
		if !ok {
			b.Name = ""
		}
		if b.Name != want {
			t.Errorf("Assign(%s) = %q, want %q", vm, b.Name, want)
		}
	}
}

// A name that holds a wildcard is written with a backslash, and is a name.
func TestSpec_Assign_escapedNameIsAName(t *testing.T) {
	spec := &config.Spec{Backups: []config.Backup{
		{Name: "rest", Source: "s", VMs: []string{"*"}},
		{Name: "old", Source: "s", VMs: []string{`\[old\] dc`, `web\*`}},
	}}
	for vm, want := range map[string]string{"[old] dc": "old", "o dc": "rest", "web*": "old", "web1": "rest"} {
		if b, ok := spec.Assign("s", vm); !ok || b.Name != want || len(spec.Matches("s", vm)) != 1 {
			t.Errorf("Assign(%s) = %q of %d, want %q alone", vm, b.Name, len(spec.Matches("s", vm)), want)
		}
	}
	if old := spec.Backups[1]; !spec.Literal(old, "[old] dc") || !spec.Literal(old, "web*") || spec.Literal(old, "web1") {
		t.Error("Literal: a name is no name, or a pattern is one")
	}
	for pattern, want := range map[string]bool{"a": true, `a\*`: true, `a\`: false, "a*": false, `\a?`: false, "[a]": false, "{a}": false, "a]": true} {
		if _, ok := config.NameIn(pattern); ok != want {
			t.Errorf("NameIn(%q): %v", pattern, ok)
		}
	}
}

func TestSource_skipsNothingInSilence(t *testing.T) {
	store := place(t, "Bart/2026-11-21-010000/a=1",
		"Lisa/2026-11-21-010000/VMXSYNC.SHA256=1", "Moe/2026-11-21-010000/vmxsync.sha256/x=1")
	store.Plant(providers.File{Path: "Marge.", Kind: providers.Dir}, nil)
	store.Plant(providers.File{Path: "Homer", Kind: providers.Link}, nil)
	store.Plant(providers.File{Path: "Bart/2026-11-22-010000", Kind: providers.Link}, nil)
	inv := read.Source(t.Context(), store, source(t), noon)
	if got, want := fmt.Sprint(inv.Links, inv.Unusable), "[Bart/2026-11-22-010000 Homer] [Marge.]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, vm := range []string{"Lisa", "Moe"} {
		if s, _ := inv.Find(state.Key{VM: vm, Stamp: bart.Stamp}); s.State != state.NotReady {
			t.Errorf("%s takes the manifest's name: %s, want not-ready", vm, s.State)
		}
	}
}

func TestDestination_manifestWithoutFilesIsDamaged(t *testing.T) {
	store := place(t, "Bart/2026-11-21-010000/vmxsync.sha256="+manifestFor(t, bart, map[string]int64{"a": 3}))
	inv := read.Destination(t.Context(), store, nas(t))
	if s, _ := inv.Find(bart); s.State != state.Damaged {
		t.Errorf("got %s, want damaged", s.State)
	}
}

func TestDestination_unreadableStagingConcernsItsVM(t *testing.T) {
	store := place(t, ".vmxsync/staging/Bart~2026-11-21-010000/set/a=1", ".vmxsync/trash/Lisa~2026-11-21-010000~r~del/a=1",
		"Homer/2026-11-21-010000/a=1")
	for dir, vm := range map[string]string{
		".vmxsync/staging/Bart~2026-11-21-010000/set": "Bart", ".vmxsync/trash/Lisa~2026-11-21-010000~r~del": "Lisa",
	} {
		inv := read.Destination(t.Context(), broken{store, dir, errors.New("550 no")}, nas(t))
		if inv.Err != nil || inv.UnknownVMs[vm] == "" || len(inv.Sets) != 1 {
			t.Errorf("%s: %+v, want %s unknown and the rest read", dir, inv, vm)
		}
	}
}

func TestStaged_asDeepAsASourceMayBe(t *testing.T) {
	deep := strings.Repeat("d/", 32) + "a=1"
	store := place(t, "Bart/2026-11-21-010000/"+deep, ".vmxsync/staging/Bart~2026-11-21-010000/set/"+deep)
	if inv := read.Source(t.Context(), store, source(t), noon); inv.Sets[0].State != state.Complete {
		t.Fatalf("source: %s", inv.Sets[0].Problem)
	}
	if inv := read.Destination(t.Context(), store, nas(t)); inv.Err != nil || len(inv.Staged) != 1 {
		t.Errorf("staged: %v, %v", inv.Staged, inv.UnknownVMs)
	}
}
