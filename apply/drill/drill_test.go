package drill_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/drill"
	apply "github.com/vmxsync/vmxsync/apply/restore"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// The test binary is the command of its drills as well: DRILL_TEST says which.
func TestMain(m *testing.M) {
	switch what := os.Getenv("DRILL_TEST"); what {
	case "":
		for _, pair := range os.Environ() { // what steers other tests is not the drill's
			if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "VMXSYNC_") {
				os.Unsetenv(name)
			}
		}
		os.Exit(m.Run())
	case "tell":
		var ours []string
		for _, pair := range os.Environ() {
			if strings.HasPrefix(pair, "VMXSYNC_") {
				ours = append(ours, pair)
			}
		}
		slices.Sort(ours)
		os.Stdout.WriteString(strings.Join(ours, "\n") + "\n")
	case "fail":
		os.Stdout.WriteString("it starts\nno login prompt\n\n")
		os.Exit(4)
	case "hang":
		time.Sleep(time.Hour)
	}
}

var bart = state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}

func written() time.Time { return time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC) }

// place is a destination with a set, and the plan to restore it to a folder.
func place(t *testing.T, noSums bool, files map[string]string) (*mem.Store, *restore.Plan, drill.Options) {
	t.Helper()
	store := mem.New(written)
	m := &state.Manifest{Key: bart, Run: "r", Verified: "size", NoSums: noSums}
	s := state.Set{Key: bart, Path: bart.String(), State: state.Complete, Marked: true, Manifest: m}
	for name, text := range files {
		sum := sha256.Sum256([]byte(text))
		f := state.ManifestFile{Path: name, Size: int64(len(text)), MTime: written(), SHA256: hex.EncodeToString(sum[:])}
		if noSums {
			f.SHA256 = ""
		}
		m.Files = append(m.Files, f)
		s.Files = append(s.Files, state.File{Path: name, Size: f.Size})
		store.Plant(providers.File{Path: path.Join(bart.String(), name), ModTime: written()}, []byte(text))
	}
	slices.SortFunc(m.Files, func(a, b state.ManifestFile) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(s.Files, func(a, b state.File) int { return strings.Compare(a.Path, b.Path) })
	store.Plant(providers.File{Path: path.Join(bart.String(), state.ManifestName), ModTime: written()}, m.Encode())
	to := t.TempDir()
	plan, err := restore.Compute(restore.Input{
		To: to, Addresses: []restore.Address{restore.AddressOf("nas", bart)},
		Holdings: []restore.Holding{{Place: restore.Place{Name: "nas"}, Sets: []state.Set{s}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	settings := local.NewSettings()
	settings.Path = to
	target, err := local.Open(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { target.Close() })
	return store, plan, drill.Options{
		Drill: config.Drill{Name: "quarterly", Dir: to, Timeout: providers.Duration(time.Minute)}, Site: "site", Run: "run-0001", Host: "pve1", Version: "0.1.0",
		Stores: map[string]providers.Store{"nas": store}, Target: target, Environ: os.Environ(), Now: written,
		Pause: func(ctx context.Context, _ int) error { return ctx.Err() },
	}
}

// command makes the test binary the command of the drill.
func command(t *testing.T, o *drill.Options, what string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o.Drill.Command, o.Drill.Env = []string{self}, map[string]string{"DRILL_TEST": what}
}

func TestRun_passesAndTellsTheCommandWhatItIsAbout(t *testing.T) {
	_, plan, o := place(t, false, map[string]string{"Bart.vmx": "name", "sub/Bart.nvram": "nvram"})
	command(t, &o, "tell")
	var printed []string
	o.Say = func(line string) { printed = append(printed, line) }
	released := false
	o.Restored = func() { released = len(printed) == 0 }
	record, err := drill.Run(t.Context(), plan, o)
	if err != nil || record.Verdict != state.Passed || record.Level != state.ReadProof || record.Key != bart || record.Bytes != 9 || record.Manifest == "" || record.Host != "pve1" {
		t.Fatalf("got %+v, %v", record, err)
	}
	if !released {
		t.Error("the sessions were kept while the command ran")
	}
	folder := filepath.Join(plan.To, "Bart", "2026-11-21-010000")
	want := []string{
		"VMXSYNC_ADDRESS=nas/Bart/2026-11-21-010000", "VMXSYNC_DESTINATION=nas", "VMXSYNC_DRILL=quarterly", "VMXSYNC_FOLDER=" + folder, "VMXSYNC_HOST=pve1",
		"VMXSYNC_NAME=site", "VMXSYNC_RUN_ID=run-0001", "VMXSYNC_SET=2026-11-21-010000", "VMXSYNC_VM=Bart", "VMXSYNC_VMX=" + filepath.Join(folder, "Bart.vmx"),
	}
	if !slices.Equal(printed, want) {
		t.Errorf("the command got %q, want %q", printed, want)
	}
}

func TestRun_fails(t *testing.T) {
	good := map[string]string{"Bart.vmx": ".encoding = \"UTF-8\"\n", "Bart.nvram": "nvram"}
	for name, c := range map[string]struct {
		files  map[string]string
		change func(*mem.Store, *drill.Options)
		why    string
	}{
		"a rotten file": {good, func(s *mem.Store, _ *drill.Options) {
			s.Plant(providers.File{Path: bart.String() + "/Bart.nvram", ModTime: written()}, []byte("nvRam"))
		}, "Bart.nvram"},
		"a command that fails": {good, func(_ *mem.Store, o *drill.Options) { command(t, o, "fail") }, "the command failed: exit status 4"},
		"a command that hangs": {good, func(_ *mem.Store, o *drill.Options) {
			command(t, o, "hang")
			o.Drill.Timeout = providers.Duration(50 * time.Millisecond)
		}, "did not end within 50ms and was killed"},
		"no such command": {good, func(_ *mem.Store, o *drill.Options) { o.Drill.Command = []string{"no-such-program-here"} }, "the command failed: "},
		"a disk that is missing": {map[string]string{
			"Bart.vmx": ".encoding = \"UTF-8\"\nscsi0:0.fileName = \"other.vmdk\"\n", "Bart.vmdk": "# Disk DescriptorFile\nCID=fffffffe\nparentCID=ffffffff\nRW 1 VMFS \"gone-flat.vmdk\"\n",
		}, func(*mem.Store, *drill.Options) {}, "the VM may not start: "},
	} {
		t.Run(name, func(t *testing.T) {
			store, plan, o := place(t, false, c.files)
			c.change(store, &o)
			record, err := drill.Run(t.Context(), plan, o)
			if err != nil || record.Verdict != state.Failed || !strings.Contains(record.Why, c.why) || strings.Contains(record.Why, "\n") {
				t.Errorf("got %s, %q, %v; want %q", record.Verdict, record.Why, err, c.why)
			}
			if name == "a command that fails" && !slices.Contains(record.Notes, "The last line of the command: no login prompt") {
				t.Errorf("notes: %q", record.Notes)
			}
		})
	}
}

// Where the place is lost, the folder has no room, or a person interrupts, nothing is
// concluded of the set.
func TestRun_concludesNothingOfWhatWasNotTried(t *testing.T) {
	_, plan, o := place(t, false, map[string]string{"a": "x"})
	o.Stores = nil
	if record, err := drill.Run(t.Context(), plan, o); !errors.Is(err, providers.ErrUnreachable) {
		t.Errorf("without the place: got %+v, %v", record, err)
	}
	store, plan, o := place(t, false, map[string]string{"a": "x"})
	o.Stores = map[string]providers.Store{"nas": faults.Wrap(store, faults.New(faults.FailAlways(faults.On("*/*/a", faults.Open), providers.ErrUnreachable)))}
	if record, err := drill.Run(t.Context(), plan, o); !errors.Is(err, providers.ErrUnreachable) {
		t.Errorf("a place that is lost: got %+v, %v", record, err)
	}
	for name, refuses := range map[string]refusing{
		"a folder that may not be written": {edit: fs.ErrPermission},
		"a disk that fails":                {write: errors.New("input/output error")},
		"a folder that cannot be renamed":  {rename: fs.ErrPermission},
		"a file that cannot be synced":     {sync: errors.New("input/output error")},
		"no manifest can be written":       {put: fs.ErrPermission},
		"no time can be set":               {times: fs.ErrPermission},
	} {
		_, plan, o = place(t, false, map[string]string{"a": "x"})
		refuses.Target = o.Target
		o.Target = refuses
		if record, err := drill.Run(t.Context(), plan, o); err == nil || !errors.Is(err, cmp.Or(refuses.edit, refuses.write, refuses.rename, refuses.sync, refuses.put, refuses.times)) {
			t.Errorf("%s: got %+v, %v", name, record, err)
		}
	}
	_, plan, o = place(t, false, map[string]string{"a": "x"})
	command(t, &o, "hang")
	ctx, interrupt := context.WithCancel(t.Context())
	o.Restored = interrupt
	if record, err := drill.Run(ctx, plan, o); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: got %+v, %v", record, err)
	}
}

// refusing is a folder that cannot be written to: what is refused has an error.
type refusing struct {
	apply.Target
	edit, write, rename, sync, put, times error
}

func (r refusing) Put(ctx context.Context, p string, body providers.Body) error {
	return cmp.Or(r.put, r.Target.Put(ctx, p, body))
}

func (r refusing) SetModTime(ctx context.Context, p string, at time.Time) error {
	return cmp.Or(r.times, r.Target.SetModTime(ctx, p, at))
}

func (r refusing) Edit(ctx context.Context, p string) (providers.EditedFile, error) {
	f, err := r.Target.Edit(ctx, p)
	return refusingFile{f, r.write, r.sync}, cmp.Or(r.edit, err)
}

func (r refusing) Rename(ctx context.Context, from, to string) error {
	return cmp.Or(r.rename, r.Target.Rename(ctx, from, to))
}

type refusingFile struct {
	providers.EditedFile
	write, sync error
}

func (f refusingFile) Sync() error { return cmp.Or(f.sync, f.EditedFile.Sync()) }

func (f refusingFile) WriteAt(p []byte, off int64) (int, error) {
	if f.write != nil {
		return 0, f.write
	}
	return f.EditedFile.WriteAt(p, off)
}

// A drill is about the copy of one place: that another one helps out brings the VM back, and
// proves nothing of that copy.
func TestRun_anotherPlaceThatHelpsDoesNotPassForTheCopy(t *testing.T) {
	for name, c := range map[string]struct {
		fault   *faults.Fault
		verdict state.Verdict
		lost    bool
	}{
		"sound":              {nil, state.Passed, false},
		"a file is missing":  {faults.FailAlways(faults.On("*/*/a", faults.Open), fs.ErrNotExist), state.Failed, false},
		"the place is lost":  {faults.FailAlways(faults.On("*/*/a", faults.Open), providers.ErrUnreachable), "", true},
		"it was lost before": {faults.FailAlways(faults.Any, providers.ErrUnreachable), "", true},
	} {
		t.Run(name, func(t *testing.T) {
			store, plan, o := place(t, false, map[string]string{"a": "x", "b": "y"})
			plan.Sets[0].Origins = append(plan.Sets[0].Origins, restore.Origin{Place: "usb", Path: bart.String(), Manifest: plan.Sets[0].Origins[0].Manifest})
			o.Stores = map[string]providers.Store{"nas": store, "usb": store}
			if c.fault != nil {
				o.Stores["nas"] = faults.Wrap(store, faults.New(c.fault))
			}
			tried := false
			command(t, &o, "tell")
			o.Say = func(string) { tried = true }
			record, err := drill.Run(t.Context(), plan, o)
			if c.lost {
				if !errors.Is(err, providers.ErrUnreachable) {
					t.Errorf("got %+v, %v", record, err)
				}
				return
			}
			if err != nil || record.Verdict != c.verdict || !tried || (c.verdict == state.Failed) != strings.Contains(record.Why, "usb had to help out") {
				t.Errorf("got %+v, %v, tried %t", record, err, tried)
			}
		})
	}
}

// An adopted set has no sums: it may pass, and that is noted.
func TestRun_notesThatThereAreNoSums(t *testing.T) {
	_, plan, o := place(t, true, map[string]string{"a": "x"})
	record, err := drill.Run(t.Context(), plan, o)
	if err != nil || record.Verdict != state.Passed || record.Level != "" || !slices.ContainsFunc(record.Notes, func(s string) bool { return strings.Contains(s, "no checksums") }) {
		t.Errorf("got %+v, %v", record, err)
	}
}

// What was restored is read again: a disk of this machine that lies is found.
func TestRun_readsAgainWhatWasRestored(t *testing.T) {
	_, plan, o := place(t, false, map[string]string{"a": "a disk"})
	o.Restored = func() {
		p := filepath.Join(plan.To, "Bart", "2026-11-21-010000", "a")
		text, err := os.ReadFile(p)
		if err != nil || !bytes.Equal(text, []byte("a disk")) {
			t.Errorf("got %q, %v", text, err)
		}
		if err := os.WriteFile(p, []byte("A disk"), 0o666); err != nil {
			t.Error(err)
		}
	}
	record, err := drill.Run(t.Context(), plan, o)
	if err != nil || record.Verdict != state.Failed || !strings.Contains(record.Why, "a was restored, and does not hold what its manifest says") {
		t.Errorf("got %+v, %v", record, err)
	}
	if _, err := os.Stat(filepath.Join(plan.To, "Bart")); errors.Is(err, fs.ErrNotExist) {
		t.Error("the folder belongs to the caller")
	}
}
