package apply_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

const (
	work    = ".vmxsync"
	oldRun  = "20261101T010000Z-aaaaaaaaaaaa"
	thisRun = "20261122T120000Z-bbbbbbbbbbbb"
	nextRun = "20261122T130000Z-cccccccccccc"
	minKeep = 1
)

func now() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func yesterday() time.Time { return now().Add(-24 * time.Hour) }

// world is a source "vms" and two destinations, "nas" and "usb".
type world struct {
	stores map[string]*mem.Store
	spec   *config.Spec
	// options are the flags of plan, until they name nothing any more.
	options diff.Options
	block   int64 // of the block sums, in bytes; 0: files are too small for any
	// seen are the sights of a trial by digest, for all clones of its world; nil: each
	// look reads.
	seen *sync.Map
}

func newWorld(t testing.TB, keep int) *world {
	t.Helper()
	layout, err := state.ParseLayout(state.DefaultLayout)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{stores: map[string]*mem.Store{}}
	for _, name := range []string{"vms", "nas", "usb"} {
		w.stores[name] = mem.New(yesterday, mem.Sessions(1))
	}
	w.spec = &config.Spec{
		Name:    "office",
		Sources: []config.Source{{Name: "vms", Type: "local", Layout: layout, Timezone: "UTC", Settle: time.Minute, OnEmpty: "error"}},
		Destinations: []config.Destination{
			{Name: "nas", Type: "ftp", Layout: layout, WorkDir: work},
			{Name: "usb", Type: "local", Layout: layout, WorkDir: work},
		},
		Policies: []config.Policy{{Name: "standard", KeepLast: keep, MinKeep: minKeep}, {Name: "newest", KeepLast: 1, MinKeep: minKeep}},
		Backups: []config.Backup{{
			Name: "all", Source: "vms", VMs: []string{"*"}, Exclude: []string{"Usb*", "Tight*", "Full*"},
			Copies: []config.Copy{{Destination: "nas", Policy: "standard"}},
		}, {
			Name: "stick", Source: "vms", VMs: []string{"Usb*"},
			Copies: []config.Copy{{Destination: "usb", Policy: "standard"}},
		}, {
			Name: "tight", Source: "vms", VMs: []string{"Tight*"},
			Copies: []config.Copy{{Destination: "nas", Policy: "standard", Order: config.DeleteFirst}},
		}, {
			Name: "full", Source: "vms", VMs: []string{"Full*"}, PruneSource: "newest",
			Copies: []config.Copy{{Destination: "nas", Policy: "standard"}, {Destination: "usb", Policy: "standard"}},
		}},
		Guard: config.Guard{MaxShrinkPercent: 100, MinLoss: 1},
	}
	return w
}

func (w *world) clone() *world {
	c := &world{spec: w.spec, options: w.options, block: w.block, seen: w.seen, stores: map[string]*mem.Store{}}
	for name, s := range w.stores {
		c.stores[name] = s.Clone()
	}
	return c
}

// digest is a checksum of all places with their times.
func (w *world) digest() string {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(w.stores)) {
		all.WriteString(name + w.stores[name].Digest())
	}
	return all.String()
}

// key is the set of a VM in the night to that day of November.
func key(vm string, day int) state.Key {
	return state.Key{VM: vm, Stamp: state.Stamp(fmt.Sprintf("2026-11-%02d-010000", day))}
}

// content is the files of a set; what is in them depends on the set.
func content(k state.Key) map[string]string {
	return map[string]string{
		"disk-flat.vmdk":  strings.Repeat(k.String()+"\n", 50),
		"empty.log":       "",
		"sub/machine.vmx": "name = " + k.VM + "\n",
	}
}

func (w *world) plant(place, p, text string) {
	w.stores[place].Plant(providers.File{Path: p, ModTime: yesterday()}, []byte(text))
}

func (w *world) plantFiles(place, dir string, files map[string]string) {
	for name, text := range files {
		w.plant(place, path.Join(dir, name), text)
	}
}

// local puts a ready set at the source.
func (w *world) local(k state.Key) { w.plantFiles("vms", k.String(), content(k)) }

// unmarked puts a set without manifest at the destination.
func (w *world) unmarked(place string, k state.Key) { w.plantFiles(place, k.String(), content(k)) }

// complete puts a set with manifest at a path of the destination.
func (w *world) complete(place, dir string, k state.Key) {
	files := content(k)
	m := state.Manifest{Key: k, Run: oldRun, Verified: "adopted", NoSums: true}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		m.Files = append(m.Files, state.ManifestFile{Path: name, Size: int64(len(files[name]))})
	}
	w.plantFiles(place, dir, files)
	w.plant(place, path.Join(dir, state.ManifestName), string(m.Encode()))
}

// summed puts a set with sums at its final name.
func (w *world) summed(place string, k state.Key) {
	w.complete(place, k.String(), k)
	w.plant(place, path.Join(k.String(), state.ManifestName), string(withSums(k).Encode()))
}

func withSums(k state.Key) *state.Manifest {
	files := content(k)
	m := &state.Manifest{Key: k, Run: oldRun, Verified: "size"}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sum := sha256.Sum256([]byte(files[name]))
		m.Files = append(m.Files, state.ManifestFile{Path: name, Size: int64(len(files[name])), SHA256: hex.EncodeToString(sum[:])})
	}
	return m
}

// foundRotten rots a set with sums, and has the record of the place say so. It has all sets
// that the world has by now.
func (w *world) foundRotten(place string, k state.Key) {
	w.rot(place, k)
	record := &known.Record{Name: w.spec.Name, Run: oldRun, At: yesterday(), Seq: 1}
	record.Note(known.NewFinding(k.AsRecorded(), withSums(k).Identity(), "disk-flat.vmdk", "its SHA-256 is another", oldRun, yesterday()))
	inv := w.read(context.Background())[place]
	for _, s := range inv.Sets {
		record.Put(diff.RecordOf(s.Key, s.Files))
	}
	data, err := record.Encode()
	if err != nil {
		panic(err)
	}
	w.plant(place, dir.Known(), string(data))
}

// firstRead puts an adopted set at its final name, of which every byte was read.
func (w *world) firstRead(place string, k state.Key) {
	w.complete(place, k.String(), k)
	files := content(k)
	m := state.Manifest{Key: k, Run: oldRun, NoSums: true}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		m.Files = append(m.Files, state.ManifestFile{Path: name, Size: int64(len(files[name]))})
	}
	p := state.Proof{Key: k, Manifest: m.Identity()}
	for _, f := range m.Files {
		p = p.With(state.FileProof{Path: f.Path, Size: f.Size, SHA256: sha(files[f.Path]), At: yesterday(), Level: state.ReadProof})
	}
	w.plant(place, dir.Proof(k), string(p.Encode()))
	w.plant(place, dir.First(k), k.String()+"\n")
}

func (w *world) owned(place string) { w.plant(place, work+"/owner", w.spec.Name+"\n") }

// inherited is an upload that an earlier run began.
func inherited(w *world) {
	k := key("Marge", 21)
	w.local(k)
	claim := state.Claim{Kind: "upload", Key: k, Run: oldRun}
	files := content(k)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		claim.Files = append(claim.Files, state.File{Path: name, Size: int64(len(files[name])), ModTime: yesterday()})
	}
	w.plant("nas", dir.Claim(k), string(claim.Encode()))
	w.plant("nas", dir.StagedSet(k)+"/disk-flat.vmdk", "half")
}

// scenes are what an apply may have to do, one VM each.
var scenes = map[string]func(w *world){
	"upload and deletes": func(w *world) {
		w.local(key("Bart", 21))
		for _, day := range []int{17, 18, 20} {
			w.complete("nas", key("Bart", day).String(), key("Bart", day))
		}
		w.plant("nas", key("Bart", 17).String()+"/Thumbs.db", "junk")
		w.plant("nas", "Bart/notes/todo.txt", "foreign")
	},
	"adopt": func(w *world) {
		w.local(key("Abe", 21))
		w.unmarked("nas", key("Abe", 21))
	},
	"adopt beside leftovers, and a delete": func(w *world) {
		w.local(key("Lisa", 21))
		w.unmarked("nas", key("Lisa", 21))
		w.plant("nas", dir.StagedSet(key("Lisa", 21))+"/disk-flat.vmdk", "half")
		for _, day := range []int{18, 19} {
			w.complete("nas", key("Lisa", day).String(), key("Lisa", day))
		}
	},
	"replace": func(w *world) {
		w.local(key("Maggie", 21))
		w.plant("nas", key("Maggie", 21).String()+"/disk-flat.vmdk", "half")
		w.complete("nas", key("Maggie", 20).String(), key("Maggie", 20))
	},
	"publish, and cleanups": func(w *world) {
		otto := key("Otto", 21)
		w.local(otto)
		w.complete("nas", dir.StagedSet(otto), otto)
		w.plant("nas", dir.Claim(otto), string(state.Claim{Kind: "upload", Key: otto, Run: oldRun}.Encode()))
		w.complete("nas", dir.Deleted(key("Otto", 11), oldRun), key("Otto", 11))
		w.plant("nas", dir.StagedSet(key("Otto", 12))+"/disk-flat.vmdk", "half")
	},
	"continue what an earlier run began": inherited,
	"delete what is whole in staging": func(w *world) {
		for _, day := range []int{19, 20} {
			w.local(key("Milhouse", day))
			w.complete("nas", key("Milhouse", day).String(), key("Milhouse", day))
		}
		old := key("Milhouse", 11)
		w.complete("nas", dir.StagedSet(old), old)
		w.plant("nas", dir.Claim(old), string(state.Claim{Kind: "upload", Key: old, Run: oldRun}.Encode()))
	},
	"a replaced set comes back": func(w *world) {
		w.local(key("Bart", 21)) // else the source is empty
		w.complete("nas", key("Bart", 21).String(), key("Bart", 21))
		w.plantFiles("nas", dir.Replaced(key("Ned", 10), oldRun), content(key("Ned", 10)))
	},
	"an outlived replaced set goes": func(w *world) {
		k := key("Edna", 20)
		w.local(k)
		w.complete("nas", k.String(), k)
		w.plantFiles("nas", dir.Replaced(k, oldRun), content(k))
	},
	"deletes first": func(w *world) {
		for _, day := range []int{20, 21} {
			w.local(key("Tight", day))
		}
		for _, day := range []int{16, 17, 18} {
			w.complete("nas", key("Tight", day).String(), key("Tight", day))
		}
	},
	"prune the source": func(w *world) {
		w.owned("usb")
		for _, day := range []int{18, 20, 21} { // nobody keeps 18
			w.local(key("Full", day))
		}
		for _, place := range []string{"nas", "usb"} {
			for _, day := range []int{20, 21} {
				w.summed(place, key("Full", day))
			}
		}
		w.plant("vms", key("Full", 20).String()+"/Thumbs.db", "junk")
		w.plantFiles("vms", state.Aside(key("Full", 16).String(), oldRun), content(key("Full", 16)))
		left := state.Gone(key("Full", 15).String(), oldRun) + "/disk-flat.vmdk"
		w.stores["vms"].Plant(providers.File{Path: left, ModTime: yesterday().AddDate(0, -1, 0)}, []byte("left of it"))
	},
	"upload with block sums": func(w *world) {
		w.block = smallBlock
		w.local(key("Burns", 21))
		w.complete("nas", key("Burns", 19).String(), key("Burns", 19))
		w.blockSums("nas", key("Burns", 20))
		w.blockSums("nas", key("Burns", 11)) // to be deleted
	},
	"continue an upload with block sums": func(w *world) {
		w.block = smallBlock
		inherited(w)
		w.plant("nas", dir.StagedSet(key("Marge", 21))+"/"+state.BlocksName, "half")
	},
	"checksums of a first reading": func(w *world) {
		w.local(key("Apu", 21))
		w.firstRead("nas", key("Apu", 21))
	},
	"checksums of a first reading, and a delete": func(w *world) {
		w.local(key("Nelson", 21))
		w.firstRead("nas", key("Nelson", 20))
		for _, day := range []int{18, 19} {
			w.complete("nas", key("Nelson", day).String(), key("Nelson", day))
		}
	},
	"a damaged copy comes from another destination": func(w *world) {
		w.owned("usb")
		w.local(key("FullMoe", 21))
		for _, place := range []string{"nas", "usb"} {
			for _, day := range []int{20, 21} {
				w.summed(place, key("FullMoe", day))
			}
		}
		w.foundRotten("nas", moe20)
	},
	"a damaged copy is sent again": func(w *world) {
		for _, day := range []int{20, 21} {
			w.local(key("Kirk", day))
			w.summed("nas", key("Kirk", day))
		}
		w.foundRotten("nas", key("Kirk", 20))
	},
	"first use": func(w *world) { w.local(key("UsbBart", 21)) },
}

const dir = state.WorkDir(work)

// alone are the scenes that are in no world with others: one would hold all
// deletes, the others are long, and stay apart unless everything is asked for.
func alone(scene string) bool {
	long := scene == "deletes first" || scene == "prune the source" || strings.HasPrefix(scene, "a damaged copy")
	return scene == "a replaced set comes back" || long && os.Getenv("VMXSYNC_SOAK") == ""
}

// scene is a world with one of the scenes, or with all of them for "".
func scene(t testing.TB, name string) *world {
	w := newWorld(t, 2)
	w.owned("nas")
	w.plant("nas", "readme.txt", "foreign")
	for _, other := range slices.Sorted(maps.Keys(scenes)) {
		if name == "" && !alone(other) || name == other {
			scenes[other](w)
		}
	}
	return w
}

func (w *world) read(ctx context.Context) map[string]state.Inventory {
	inv := map[string]state.Inventory{}
	for _, s := range w.spec.Sources {
		inv[s.Name] = read.Source(ctx, w.stores[s.Name], s, now())
	}
	for _, d := range w.spec.Destinations {
		seen := read.Destination(ctx, w.stores[d.Name], d)
		read.Findings(ctx, w.stores[d.Name], &seen)
		inv[d.Name] = seen
	}
	return inv
}

// plan reads the world and decides.
func (w *world) plan(t testing.TB) *diff.Plan {
	t.Helper()
	return w.planOf(t, w.read(t.Context()))
}

// planOf decides on what was seen.
func (w *world) planOf(t testing.TB, inv map[string]state.Inventory) *diff.Plan {
	t.Helper()
	ctx := t.Context()
	for {
		plan, err := diff.Compute(diff.Input{Spec: w.spec, Inventories: inv, Now: now(), Options: w.options})
		if errors.Is(err, flags.ErrNoMatch) || errors.Is(err, diff.ErrReplace) {
			w.options = diff.Options{}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		unproven := diff.Unproven(plan, inv)
		if len(unproven) == 0 {
			return plan
		}
		for place, keys := range unproven {
			for _, k := range keys {
				s, _ := inv[place].Find(k)
				inv[place].Put(read.Manifests(ctx, w.stores[place], []state.Set{s})[0])
			}
		}
	}
}

// memLog is a journal's log in memory, whose lines are steps of a script.
type memLog struct {
	mu     sync.Mutex
	data   []byte
	synced int // how much of it outlives a power failure
	script *faults.Script
	torn   bool // a line that a crash prevents is half there
}

func (l *memLog) Append(line []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.script == nil {
		l.data = append(l.data, line...)
		return nil
	}
	end, before := l.script.Step("journal", "")
	if before != nil {
		if l.torn {
			l.data, l.torn = append(l.data, line[:len(line)/2]...), false
		}
		return before
	}
	l.data = append(l.data, line...)
	return end()
}

// Sync is a part of the line before it, and no step of its own. What has crashed makes
// nothing durable.
func (l *memLog) Sync() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.script != nil && l.script.Crashed() {
		return errors.New("crashed")
	}
	l.synced = len(l.data)
	return nil
}

func (*memLog) Close() error { return nil }

// clone has the whole lines, as opening a journal keeps them.
func (l *memLog) clone() *memLog {
	return &memLog{data: bytes.Clone(l.data[:bytes.LastIndexByte(l.data, '\n')+1]), synced: l.synced}
}

// afterPowerLoss has the lines that are on the disk.
func (l *memLog) afterPowerLoss() *memLog {
	return &memLog{data: bytes.Clone(l.data[:l.synced]), synced: l.synced}
}

// run is one process that applies a plan. It crashes as the script says.
type run struct {
	id          string
	log         *memLog
	script      *faults.Script
	parallelism int
	events      func(event.Event)
	before      func(context.Context) error
	missing     map[string]error // destinations that cannot be opened
	machine     *lock.Machine    // nil: without locks
	recorded    func(diff.Place, *known.Record)
}

func (w *world) apply(ctx context.Context, plan *diff.Plan, r run) (outcome.Result, error) {
	if r.script == nil {
		r.script = faults.New()
	}
	if r.log == nil {
		r.log = &memLog{}
	}
	r.log.script = r.script
	j, err := journal.Resume(r.log, r.log.data, journal.Header{Run: r.id, Plan: "p", Created: now()}, now)
	if err != nil {
		return outcome.Result{}, err
	}
	opts := apply.Options{
		Run: r.id, Stores: map[string]providers.Store{}, Journal: j, Parallelism: max(r.parallelism, 1), Events: r.events,
		Before: r.before, Now: now, Missing: r.missing, Machine: r.machine, Recorded: r.recorded, Block: w.block,
	}
	for name, s := range w.stores {
		if r.missing[name] != nil {
			continue
		}
		opts.Stores[name] = faults.Wrap(s, r.script)
	}
	return apply.Run(ctx, plan, opts)
}

// tree is all that stands in one place: the text of files, "/" for folders.
type tree map[string]string

func (w *world) tree(t testing.TB, place string) tree {
	t.Helper()
	all := tree{}
	var enter func(dir string)
	enter = func(dir string) {
		entries, err := w.stores[place].List(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			switch e.Kind {
			case providers.Dir:
				all[e.Path] = "/"
				enter(e.Path)
			case providers.Regular:
				all[e.Path] = slurp(t, w.stores[place], e.Path)
			default:
				all[e.Path] = string(e.Kind)
			}
		}
	}
	enter(".")
	return all
}

func slurp(t testing.TB, store providers.Store, p string) string {
	t.Helper()
	r, err := store.Open(t.Context(), p, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// trees are all places, for comparison.
func (w *world) trees(t testing.TB) map[string]tree {
	all := map[string]tree{}
	for name := range w.stores {
		all[name] = w.tree(t, name)
	}
	return all
}

var runID = regexp.MustCompile(`20\d{6}T\d{6}Z-[0-9a-f]{12}`)

// anyRun makes trees comparable that different runs have made.
func anyRun(t testing.TB, trees map[string]tree) map[string]tree {
	t.Helper()
	out := map[string]tree{}
	for name, from := range trees {
		out[name] = tree{}
		for p, text := range from {
			if m, err := state.ParseManifest([]byte(text)); err == nil {
				m.Run = "RUN"
				text = string(m.Encode())
			}
			if r, err := known.Decode([]byte(text)); err == nil {
				r.Run, r.Seq, r.Findings = "RUN", 0, nil // one of a copy that was replaced stays until the next record
				for i := range r.Sets {
					r.Sets[i].Manifest = "" // as far as it happened to be seen
				}
				data, err := r.Encode()
				if err != nil {
					t.Fatal(err)
				}
				text = string(data)
			}
			out[name][runID.ReplaceAllString(p, "RUN")] = text
		}
	}
	return out
}

// unlike names the first difference of two worlds; "" if there is none.
func unlike(want, got map[string]tree) string {
	for _, place := range slices.Sorted(maps.Keys(want)) {
		paths := slices.Concat(slices.Collect(maps.Keys(want[place])), slices.Collect(maps.Keys(got[place])))
		slices.Sort(paths)
		for _, p := range slices.Compact(paths) {
			a, inWant := want[place][p]
			b, inGot := got[place][p]
			switch {
			case !inGot:
				return fmt.Sprintf("%s: %s is missing", place, p)
			case !inWant:
				return fmt.Sprintf("%s: %s is there (%.40q)", place, p, b)
			case a != b:
				return fmt.Sprintf("%s: %s holds %.80q, want %.80q", place, p, b, a)
			}
		}
	}
	return ""
}

// must ends the test unless the apply went well.
func must(t testing.TB, r outcome.Result, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, o := range r.Failures() {
		t.Log(o.Err)
	}
	t.Fatal(err)
}

func mustApplied(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, apply.ErrApplied) {
		t.Fatalf("got %v, want ErrApplied", err)
	}
}

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
