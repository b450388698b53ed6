package restore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	apply "github.com/vmxsync/vmxsync/apply/restore"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
)

const block = 512

var bart = state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}

func written() time.Time { return time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC) }

// disk has data, zeros that are whole blocks, and an end that is no whole block.
func disk() []byte {
	data := make([]byte, 20*block+100)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		if n := i / block; n < 7 || n > 12 {
			data[i] = byte(r.Uint32())
		}
	}
	return data
}

func content() map[string][]byte {
	return map[string][]byte{"Bart.vmx": []byte("name = Bart\n"), "disk-flat.vmdk": disk(), "sub/empty.log": {}, "sub/small.vmdk": bytes.Repeat([]byte("x"), 300)}
}

// world is a set at places, and the plan to bring it back.
type world struct {
	stores map[string]*mem.Store
	sums   bool // block sums
	noSums bool // none at all
}

func newWorld(places ...string) *world {
	w := &world{stores: map[string]*mem.Store{}, sums: true}
	for _, name := range places {
		w.stores[name] = mem.New(written)
	}
	return w
}

func hexOf(sum []byte) string { return hex.EncodeToString(sum) }

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// manifest is that of the set, and the text of its block sums; nil if it has none.
func (w *world) manifest() (state.Manifest, []byte) {
	m := state.Manifest{Key: bart, Run: "r", Verified: "size", NoSums: w.noSums}
	doc := blocks.Sums{Key: bart, Block: block}
	files := content()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := state.ManifestFile{Path: name, Size: int64(len(files[name])), MTime: written()}
		if !w.noSums {
			f.SHA256 = hexSum(files[name])
		}
		m.Files = append(m.Files, f)
		if len(files[name]) > block {
			h := blocks.NewHash(block)
			h.Write(files[name])
			b := h.File()
			b.Path = name
			doc.Files = append(doc.Files, b)
		}
	}
	if !w.sums {
		return m, nil
	}
	text := doc.Encode()
	m.Blocks = blocks.RefOf(text)
	return m, text
}

// plan plants the set at all places, and plans to restore it from them in that order.
func (w *world) plan(t testing.TB, places ...string) *restore.Plan {
	t.Helper()
	m, sums := w.manifest()
	in := restore.Input{To: "/target"}
	a, err := restore.ParseAddress(places[0] + "/Bart/latest")
	if err != nil {
		t.Fatal(err)
	}
	in.Addresses = []restore.Address{a}
	for _, name := range places {
		plant := func(p string, data []byte) {
			w.stores[name].Plant(providers.File{Path: path.Join(bart.String(), p), ModTime: written()}, data)
		}
		s := state.Set{Key: bart, Path: bart.String(), State: state.Complete, Marked: true, Manifest: &m}
		for _, f := range m.Files {
			plant(f.Path, content()[f.Path])
			s.Files = append(s.Files, state.File{Path: f.Path, Size: f.Size})
		}
		plant(state.ManifestName, m.Encode())
		if sums != nil {
			plant(state.BlocksName, sums)
		}
		in.Holdings = append(in.Holdings, restore.Holding{Place: restore.Place{Name: name}, Sets: []state.Set{s}})
	}
	p, err := restore.Compute(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func target(t testing.TB, dir string) *local.Store {
	t.Helper()
	settings := local.NewSettings()
	settings.Path = dir
	store, err := local.Open(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// log collects events.
type log struct {
	remarks []string
}

func (l *log) event(e event.Event) {
	if e, ok := e.(event.Remark); ok {
		l.remarks = append(l.remarks, e.Text)
	}
}

// run restores with these stores instead of those of the world.
func (w *world) run(t testing.TB, p *restore.Plan, to apply.Target, instead map[string]providers.Store) (apply.Result, *log, error) {
	t.Helper()
	l := &log{}
	o := apply.Options{Stores: map[string]providers.Store{}, Target: to, Events: l.event, Pause: func(ctx context.Context, _ int) error { return ctx.Err() }}
	for name, s := range w.stores {
		o.Stores[name] = s
	}
	maps.Copy(o.Stores, instead)
	r, err := apply.Run(t.Context(), p, o)
	return r, l, err
}

// wantSet proves that the folder of the set is there, as it was.
func wantSet(t testing.TB, dir string) {
	t.Helper()
	final := filepath.Join(dir, "Bart", string(bart.Stamp))
	want := content()
	err := filepath.WalkDir(final, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(final, p)
		name := filepath.ToSlash(rel)
		if state.IsOurs(name) {
			return nil
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if text, known := want[name]; !known || !bytes.Equal(data, text) {
			return fmt.Errorf("%s has %d bytes, which are not those of the set", name, len(data))
		}
		if info, err := os.Stat(p); err != nil || !info.ModTime().Equal(written()) {
			return fmt.Errorf("%s is dated %v", name, info.ModTime())
		}
		delete(want, name)
		return nil
	})
	if err != nil || len(want) > 0 {
		t.Fatalf("restored: %v; missing: %d files", err, len(want))
	}
	left, err := os.ReadDir(filepath.Join(dir, "Bart"))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the set: %v, %v", left, err)
	}
}

func TestRun_bringsASetBack(t *testing.T) {
	for name, change := range map[string]func(*world){
		"with block sums": func(*world) {},
		"without":         func(w *world) { w.sums = false },
		"adopted":         func(w *world) { w.sums, w.noSums = false, true },
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := newWorld("nas"), t.TempDir()
			change(w)
			p := w.plan(t, "nas")
			r, _, err := w.run(t, p, target(t, dir), nil)
			if err != nil {
				t.Fatal(err, r.Failures())
			}
			wantSet(t, dir)
			again, _, err := w.run(t, p, target(t, dir), nil)
			if err != nil || !again.Sets[0].Unchanged || again.Fetched != 0 {
				t.Errorf("again: %+v, %v", again, err)
			}
		})
	}
}

// TestRun_zerosAreNotFetched: a block of zeros is there before anything was written.
func TestRun_zerosAreNotFetched(t *testing.T) {
	w := newWorld("nas")
	r, _, err := w.run(t, w.plan(t, "nas"), target(t, t.TempDir()), nil)
	if want := int64(len(disk()) - 6*block); err != nil || r.Fetched != want+312 || r.Kept != 6*block {
		t.Errorf("%d bytes fetched, %d kept, %v, want %d and %d", r.Fetched, r.Kept, err, want+312, 6*block)
	}
}

// TestRun_interruptedAnywhere ends a restore at each call to the place, and at each to the
// target: the same plan then ends as if nothing had happened.
func TestRun_interruptedAnywhere(t *testing.T) {
	for name, change := range map[string]func(*world){"with block sums": func(*world) {}, "without": func(w *world) { w.sums = false }} {
		t.Run(name, func(t *testing.T) {
			w := newWorld("nas")
			change(w)
			p := w.plan(t, "nas")
			calls := 0
			for i := 0; ; i++ {
				script := faults.New(faults.Crash(i, []faults.When{faults.Before, faults.Middle, faults.After}[i%3]))
				dir := t.TempDir()
				_, _, err := w.run(t, p, target(t, dir), map[string]providers.Store{"nas": faults.Wrap(w.stores["nas"], script)})
				if script.AllHit() != nil {
					break
				}
				calls++
				if err == nil && i%3 != 2 {
					continue // the call that was cut was not needed
				}
				if r, _, err := w.run(t, p, target(t, dir), nil); err != nil {
					t.Fatalf("after call %d: %v %v", i, err, r.Failures())
				}
				wantSet(t, dir)
			}
			if calls < 5 {
				t.Errorf("only %d calls to the place", calls)
			}
			for i := 0; ; i++ {
				dir := t.TempDir()
				dying := &mortal{Store: target(t, dir), left: i}
				_, _, err := w.run(t, p, dying, nil)
				if err == nil {
					if i < 20 {
						t.Errorf("only %d calls to the target", i)
					}
					break
				}
				r, _, err := w.run(t, p, target(t, dir), nil)
				if err != nil {
					t.Fatalf("after call %d to the target: %v %v", i, err, r.Failures())
				}
				wantSet(t, dir)
			}
		})
	}
}

// mortal is a target that dies after some calls: half of what is written then is there.
type mortal struct {
	*local.Store
	mu   sync.Mutex
	left int
}

var errDead = errors.New("the process has died")

func (m *mortal) live() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left--
	if m.left < 0 {
		return errDead
	}
	return nil
}

func (m *mortal) Edit(ctx context.Context, p string) (providers.EditedFile, error) {
	if err := m.live(); err != nil {
		return nil, err
	}
	f, err := m.Store.Edit(ctx, p)
	return &mortalFile{f, m}, err
}

func (m *mortal) Rename(ctx context.Context, from, to string) error {
	if err := m.live(); err != nil {
		return err
	}
	return m.Store.Rename(ctx, from, to)
}

func (m *mortal) Put(ctx context.Context, p string, b providers.Body) error {
	if err := m.live(); err != nil {
		return err
	}
	return m.Store.Put(ctx, p, b)
}

func (m *mortal) SetModTime(ctx context.Context, p string, at time.Time) error {
	if err := m.live(); err != nil {
		return err
	}
	return m.Store.SetModTime(ctx, p, at)
}

type mortalFile struct {
	providers.EditedFile
	m *mortal
}

func (f *mortalFile) WriteAt(p []byte, at int64) (int, error) {
	if err := f.m.live(); err != nil {
		n, _ := f.EditedFile.WriteAt(p[:len(p)/2], at)
		return n, err
	}
	return f.EditedFile.WriteAt(p, at)
}

func (f *mortalFile) Truncate(n int64) error {
	if err := f.m.live(); err != nil {
		return err
	}
	return f.EditedFile.Truncate(n)
}

func (f *mortalFile) Sync() error {
	if err := f.m.live(); err != nil {
		return err
	}
	return f.EditedFile.Sync()
}

// TestRun_fetchesNothingTwice: what an earlier run has left is read here, not there.
func TestRun_fetchesNothingTwice(t *testing.T) {
	for name, change := range map[string]func(*world){"with block sums": func(*world) {}, "without": func(w *world) { w.sums = false }} {
		w, dir := newWorld("nas"), t.TempDir()
		change(w)
		p := w.plan(t, "nas")
		cut := liar(w.stores["nas"], func(name string, offset int64, data []byte) []byte {
			if strings.HasSuffix(name, "disk-flat.vmdk") {
				return data[:max(0, min(int64(len(data)), 15*block-offset))]
			}
			return data
		})
		if _, _, err := w.run(t, p, target(t, dir), map[string]providers.Store{"nas": cut}); !errors.Is(err, apply.ErrPartial) {
			t.Fatalf("%s: got %v, want ErrPartial", name, err)
		}
		r, _, err := w.run(t, p, target(t, dir), nil)
		if err != nil || r.Fetched > 5*block+100 || r.Kept < 15*block {
			t.Errorf("%s: %d bytes fetched, %d kept, %v", name, r.Fetched, r.Kept, err)
		}
		wantSet(t, dir)
	}
}

// liar is a place that delivers other bytes than it holds: change is given what is left of
// the file from an offset on.
func liar(s providers.Store, change func(name string, offset int64, data []byte) []byte) providers.Store {
	return &lying{s, change}
}

type lying struct {
	providers.Store
	change func(name string, offset int64, data []byte) []byte
}

func (l *lying) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	r, err := l.Store.Open(ctx, p, 0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(l.change(p, offset, bytes.Clone(data[offset:])))), nil
}

// flip turns a byte of the disk.
func flip(at int64) func(string, int64, []byte) []byte {
	return func(name string, offset int64, data []byte) []byte {
		if i := at - offset; strings.HasSuffix(name, "disk-flat.vmdk") && i >= 0 && i < int64(len(data)) {
			data[i] ^= 1
		}
		return data
	}
}

func TestRun_aFlippedByteIsFoundAndLocated(t *testing.T) {
	w, dir := newWorld("nas"), t.TempDir()
	p := w.plan(t, "nas")
	r, _, err := w.run(t, p, target(t, dir), map[string]providers.Store{"nas": liar(w.stores["nas"], flip(3*block+5))})
	if !errors.Is(err, apply.ErrPartial) || len(r.Failures()) != 1 {
		t.Fatalf("got %v, %v", err, r.Failures())
	}
	if text := r.Failures()[0].Err.Error(); !strings.Contains(text, "disk-flat.vmdk at nas: bytes 1536-2047 do not match") {
		t.Errorf("the error is %q", text)
	}
	if _, err := os.Stat(filepath.Join(dir, "Bart", string(bart.Stamp))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the set has its name: %v", err)
	}
	again, _, err := w.run(t, p, target(t, dir), nil) // the disk of the server was mended
	if err != nil || again.Fetched != block {
		t.Errorf("again: %d bytes fetched, %v", again.Fetched, err)
	}
	wantSet(t, dir)
}

// TestRun_anotherPlaceHoldsIt: what one place does not deliver is taken from another.
func TestRun_anotherPlaceHoldsIt(t *testing.T) {
	for name, c := range map[string]struct {
		sums bool
		lie  func(s providers.Store) providers.Store
	}{
		"a flipped byte, block sums": {true, func(s providers.Store) providers.Store { return liar(s, flip(3*block)) }},
		"a flipped byte":             {false, func(s providers.Store) providers.Store { return liar(s, flip(3*block)) }},
		"it ends early, block sums":  {true, func(s providers.Store) providers.Store { return liar(s, cutAt(9*block)) }},
		"it ends early":              {false, func(s providers.Store) providers.Store { return liar(s, cutAt(9*block)) }},
		"it is gone": {true, func(s providers.Store) providers.Store {
			return faults.Wrap(s, faults.New(faults.FailAlways(faults.On("*/*/disk-flat.vmdk", faults.Open), fs.ErrNotExist)))
		}},
		"the place dies": {true, func(s providers.Store) providers.Store {
			return faults.Wrap(s, faults.New(faults.FailAlways(faults.On("*/*/*.vm*", faults.Open), providers.ErrUnreachable)))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := newWorld("nas", "usb"), t.TempDir()
			w.sums = c.sums
			p := w.plan(t, "nas", "usb")
			r, l, err := w.run(t, p, target(t, dir), map[string]providers.Store{"nas": c.lie(w.stores["nas"])})
			if err != nil {
				t.Fatal(err, r.Failures())
			}
			wantSet(t, dir)
			if len(l.remarks) == 0 || !strings.Contains(strings.Join(l.remarks, "\n"), "taken from another place") {
				t.Errorf("remarks %q", l.remarks)
			}
		})
	}
}

func cutAt(n int64) func(string, int64, []byte) []byte {
	return func(name string, offset int64, data []byte) []byte {
		if strings.HasSuffix(name, "disk-flat.vmdk") {
			return data[:max(0, min(int64(len(data)), n-offset))]
		}
		return data
	}
}

// TestRun_aServerThatDoesNotBeginInTheMiddle: one ignores the offset, one refuses it. Both
// give the file, from its beginning.
func TestRun_aServerThatDoesNotBeginInTheMiddle(t *testing.T) {
	for _, sums := range []bool{true, false} {
		for name, make := range map[string]func(s providers.Store) providers.Store{
			"ignores": func(s providers.Store) providers.Store {
				return liar(s, func(name string, offset int64, data []byte) []byte {
					return content()[strings.TrimPrefix(name, bart.String()+"/")]
				})
			},
			"refuses": func(s providers.Store) providers.Store { return &noOffsets{s} },
		} {
			w, dir := newWorld("nas"), t.TempDir()
			w.sums = sums
			p := w.plan(t, "nas")
			text := map[string]bool{}
			cut := liar(w.stores["nas"], cutAt(9*block)) // so that there is something to continue
			if _, _, err := w.run(t, p, target(t, dir), map[string]providers.Store{"nas": cut}); err == nil {
				t.Fatal("the cut restore has succeeded")
			}
			store := make(w.stores["nas"])
			if name == "ignores" { // the manifest comes whole
				store = &onlyDisks{store, w.stores["nas"]}
			}
			if r, _, err := w.run(t, p, target(t, dir), map[string]providers.Store{"nas": store}); err != nil {
				t.Fatal(name, sums, err, r.Failures(), text)
			}
			wantSet(t, dir)
		}
	}
}

type noOffsets struct{ providers.Store }

func (s *noOffsets) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	if offset > 0 {
		return nil, errors.New("502 REST is not implemented")
	}
	return s.Store.Open(ctx, p, 0)
}

// onlyDisks reads disks from one store, and the rest from another.
type onlyDisks struct {
	providers.Store
	rest providers.Store
}

func (s *onlyDisks) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	if strings.HasSuffix(p, ".vmdk") {
		return s.Store.Open(ctx, p, offset)
	}
	return s.rest.Open(ctx, p, offset)
}

// TestRun_twoReadingsThatDiffer are told as that.
func TestRun_twoReadingsThatDiffer(t *testing.T) {
	for _, sums := range []bool{true, false} {
		w, n := newWorld("nas"), byte(0)
		var mu sync.Mutex
		w.sums = sums
		store := liar(w.stores["nas"], func(name string, offset int64, data []byte) []byte {
			mu.Lock()
			defer mu.Unlock()
			if i := 3*block - offset; strings.HasSuffix(name, "disk-flat.vmdk") && i >= 0 && i < int64(len(data)) {
				n++
				data[i] ^= n
			}
			return data
		})
		r, _, err := w.run(t, w.plan(t, "nas"), target(t, t.TempDir()), map[string]providers.Store{"nas": store})
		if !errors.Is(err, apply.ErrPartial) || !strings.Contains(r.Failures()[0].Err.Error(), "two readings") {
			t.Errorf("got %v, %v", err, r.Failures())
		}
	}
}

// TestRun_moreBytesThanTheManifestNames is no file of the set.
func TestRun_moreBytesThanTheManifestNames(t *testing.T) {
	w := newWorld("nas")
	w.sums, w.noSums = false, true
	store := liar(w.stores["nas"], func(name string, _ int64, data []byte) []byte {
		if strings.HasSuffix(name, ".vmdk") {
			return append(data, 'x')
		}
		return data
	})
	r, _, err := w.run(t, w.plan(t, "nas"), target(t, t.TempDir()), map[string]providers.Store{"nas": store})
	if !errors.Is(err, apply.ErrPartial) || !strings.Contains(r.Failures()[0].Err.Error(), "more bytes than its manifest names") {
		t.Errorf("got %v, %v", err, r.Failures())
	}
}

// TestRun_blockSumsThatAreNotThose of the manifest: the files are proven whole.
func TestRun_blockSumsThatAreNotThose(t *testing.T) {
	for name, spoil := range map[string]func(s *mem.Store, p string){
		"gone":  func(s *mem.Store, p string) { s.Remove(context.Background(), p) },
		"other": func(s *mem.Store, p string) { s.Plant(providers.File{Path: p}, []byte("# vmxsync.blocks/1\n")) },
	} {
		w, dir := newWorld("nas"), t.TempDir()
		p := w.plan(t, "nas")
		spoil(w.stores["nas"], bart.String()+"/"+state.BlocksName)
		r, l, err := w.run(t, p, target(t, dir), nil)
		if err != nil || len(l.remarks) != 1 || !strings.Contains(l.remarks[0], "block sums at nas cannot be used") {
			t.Fatalf("%s: %v, %v, remarks %q", name, err, r.Failures(), l.remarks)
		}
		wantSet(t, dir)
	}
}

// TestRun_theSetWasChanged since the plan: it is another one.
func TestRun_theSetWasChanged(t *testing.T) {
	w, dir := newWorld("nas"), t.TempDir()
	p := w.plan(t, "nas")
	m, _ := w.manifest()
	m.Run = "another"
	w.stores["nas"].Plant(providers.File{Path: bart.String() + "/" + state.ManifestName}, m.Encode())
	r, _, err := w.run(t, p, target(t, dir), nil)
	if !errors.Is(err, apply.ErrPartial) || !strings.Contains(r.Failures()[0].Err.Error(), "changed since the plan") {
		t.Errorf("got %v, %v", err, r.Failures())
	}
}

// TestRun_overwritesNothing that is there under the name of the set, and follows no link.
func TestRun_overwritesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		plant func(dir string) error
		why   string
	}{
		"another file": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "mine.txt"), nil, 0o600) }, "is missing in it"},
		"a link":       {func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "Bart.vmx")) }, "not a regular file"},
	} {
		w, dir := newWorld("nas"), t.TempDir()
		final := filepath.Join(dir, "Bart", string(bart.Stamp))
		if err := errors.Join(os.MkdirAll(final, 0o700), c.plant(final)); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadDir(final)
		if len(before) == 0 { // wine makes no links, and says that it did
			continue
		}
		r, _, err := w.run(t, w.plan(t, "nas"), target(t, dir), nil)
		after, _ := os.ReadDir(final)
		if !errors.Is(err, apply.ErrPartial) || !strings.Contains(r.Failures()[0].Err.Error(), c.why) || len(after) != len(before) {
			t.Errorf("%s: got %v, %v", name, err, r.Failures())
		}
	}
	outside, dir := t.TempDir(), t.TempDir()
	link := filepath.Join(dir, "Bart")
	if err := os.Symlink(outside, link); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(link); err != nil {
		t.Skip("wine makes no links, and says that it did")
	}
	w := newWorld("nas")
	_, _, err := w.run(t, w.plan(t, "nas"), target(t, dir), nil)
	left, _ := os.ReadDir(outside)
	if !errors.Is(err, apply.ErrPartial) || len(left) > 0 {
		t.Errorf("through a link: %v, %v", err, left)
	}
}

// TestRun_whatNoPlaceHolds: the other files are restored, and the set is named as failed,
// each time.
func TestRun_whatNoPlaceHolds(t *testing.T) {
	w, dir := newWorld("nas"), t.TempDir()
	p := w.plan(t, "nas")
	p.Sets[0].Missing = []string{"gone.vmdk"}
	for range 2 {
		r, _, err := w.run(t, p, target(t, dir), nil)
		if !errors.Is(err, apply.ErrPartial) || !strings.Contains(r.Failures()[0].Err.Error(), "no place holds gone.vmdk") {
			t.Errorf("got %v, %v", err, r.Failures())
		}
		wantSet(t, dir)
	}
}

// counting counts where a file is begun to be read, and how many read it at once.
type counting struct {
	providers.Store
	mu        sync.Mutex
	offsets   []int64
	now, most int
}

func (c *counting) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	r, err := c.Store.Open(ctx, p, offset)
	if err != nil || !strings.HasSuffix(p, "disk-flat.vmdk") {
		return r, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offsets = append(c.offsets, offset)
	c.now++
	c.most = max(c.most, c.now)
	return &counted{r, c}, nil
}

type counted struct {
	io.ReadCloser
	c *counting
}

func (r *counted) Close() error {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	r.c.now--
	return r.ReadCloser.Close()
}

// TestRun_segments: a file with block sums is read in segments, as many as the place has
// connections; one without them in one go.
func TestRun_segments(t *testing.T) {
	for _, c := range []struct {
		sums     bool
		sessions int
		want     int // readings, in segments of whole blocks
	}{{true, 4, 4}, {true, 1, 2}, {false, 4, 1}} { // the zeros in the middle part what is read
		w := newWorld()
		w.stores["nas"], w.sums = mem.New(written, mem.Sessions(c.sessions)), c.sums
		p, dir, at := w.plan(t, "nas"), t.TempDir(), &counting{Store: w.stores["nas"]}
		if r, _, err := w.run(t, p, target(t, dir), map[string]providers.Store{"nas": at}); err != nil {
			t.Fatal(err, r.Failures())
		}
		wantSet(t, dir)
		aligned := !slices.ContainsFunc(at.offsets, func(n int64) bool { return n%block != 0 })
		if len(at.offsets) != c.want || at.most > c.sessions || !aligned {
			t.Errorf("block sums %v, %d sessions: read from %v, %d at once, want %d segments", c.sums, c.sessions, at.offsets, at.most, c.want)
		}
	}
}
