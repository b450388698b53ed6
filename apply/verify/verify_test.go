package verify_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
	"github.com/vmxsync/vmxsync/state/read"
)

const (
	work  = state.WorkDir(".vmxsync")
	block = 1 << 20
)

var now = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// place holds sets as an apply leaves them.
type place struct {
	*mem.Store
	t    *testing.T
	keys []state.Key
}

func newPlace(t *testing.T) *place {
	p := &place{Store: mem.New(func() time.Time { return now }), t: t}
	return p
}

// random are bytes that no two seeds share.
func random(seed uint64, n int) []byte {
	data := make([]byte, n)
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// add puts a set with a disk of that size and a small file; with block sums if it has more
// than one block.
func (p *place) add(vm, stamp string, size int) state.Key {
	p.t.Helper()
	k := state.Key{VM: vm, Stamp: state.Stamp(stamp)}
	m := state.Manifest{Key: k, Run: "1", Verified: "size"}
	sums := blocks.Sums{Key: k, Block: block}
	for name, data := range map[string][]byte{"a.vmx": []byte("name = " + vm), "disk.vmdk": random(uint64(size), size)} {
		p.put(path.Join(vm, stamp, name), data)
		sum := sha256.Sum256(data)
		m.Files = append(m.Files, state.ManifestFile{Path: name, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])})
		if len(data) > block {
			h := blocks.NewHash(block)
			h.Write(data)
			f := h.File()
			f.Path = name
			sums.Files = append(sums.Files, f)
		}
	}
	slices.SortFunc(m.Files, func(a, b state.ManifestFile) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	if len(sums.Files) > 0 {
		text := sums.Encode()
		p.put(path.Join(vm, stamp, state.BlocksName), text)
		m.Blocks = blocks.RefOf(text)
	}
	p.put(path.Join(vm, stamp, state.ManifestName), m.Encode())
	p.keys = append(p.keys, k)
	return k
}

func (p *place) put(name string, data []byte) {
	p.Plant(providers.File{Path: name, ModTime: now}, data)
}

// flip changes one byte of a file.
func (p *place) flip(name string, at int) {
	p.t.Helper()
	data := p.content(name)
	data[at] ^= 1
	p.put(name, data)
}

func (p *place) content(name string) []byte {
	p.t.Helper()
	r, err := p.Open(p.t.Context(), name, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

// copies lists the sets, which are read through store.
func (p *place) copies(store providers.Store) (all []verify.Copy) {
	p.t.Helper()
	ctx := p.t.Context()
	proofs := read.Proofs(ctx, p.Store, work, func(state.Key) bool { return true }).Proofs
	for _, k := range p.keys {
		dir := path.Join(k.VM, string(k.Stamp))
		tree, err := read.Folder(ctx, p.Store, dir)
		if err != nil {
			p.t.Fatal(err)
		}
		s := state.Set{Key: k, Path: dir, State: state.Complete}.With(tree.Files)
		all = append(all, verify.Copy{Place: "nas", Store: store, Set: read.Manifests(ctx, p.Store, []state.Set{s})[0], Proof: proofs[k], Work: work})
	}
	return all
}

func (p *place) run(store providers.Store, o verify.Options) verify.Result {
	p.t.Helper()
	if o.Level == "" {
		o.Level = verify.Read
	}
	o.Parallelism = 1
	if o.Now == nil {
		o.Now = func() time.Time { return now }
	}
	r, err := verify.Run(p.t.Context(), p.copies(store), o)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// verdicts are those of the sets, by VM.
func verdicts(r verify.Result) map[string]verify.Outcome {
	all := map[string]verify.Outcome{}
	for _, s := range r.Sets {
		all[s.Copy.Set.VM] = s.Verdict()
	}
	return all
}

// reader counts what is read of each file, and lets a test change it.
type reader struct {
	providers.Store
	opened []string
	bytes  int64
	change func(name string, offset int64, r io.ReadCloser) io.ReadCloser
}

func (s *reader) Open(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	s.opened = append(s.opened, name)
	r, err := s.Store.Open(ctx, name, offset)
	if err == nil && s.change != nil {
		r = s.change(name, offset, r)
	}
	if err != nil {
		return nil, err
	}
	return counted{r, &s.bytes}, nil
}

type counted struct {
	io.ReadCloser
	n *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	*c.n += int64(n)
	return n, err
}

func TestRun_provesEveryByteAndRemembers(t *testing.T) {
	p := newPlace(t)
	p.add("Bart", "2026-11-21-010000", 3*block+7)
	p.add("Lisa", "2026-11-21-010000", 5)
	r := p.run(p.Store, verify.Options{})
	if got := verdicts(r); got["Bart"] != verify.OK || got["Lisa"] != verify.OK || r.Bytes != r.Total {
		t.Fatalf("got %v, %d of %d bytes", got, r.Bytes, r.Total)
	}
	// Within the time, nothing is read again.
	s := &reader{Store: p.Store}
	again := p.run(s, verify.Options{Since: now.Add(-time.Hour)})
	if got := verdicts(again); got["Bart"] != verify.OK || len(s.opened) > 0 {
		t.Errorf("got %v, opened %q", got, s.opened)
	}
	// A proof of another copy of the set proves nothing.
	p.add("Bart", "2026-11-21-010000", 3*block+8)
	p.keys = p.keys[1:]
	if p.run(s, verify.Options{Since: now.Add(-time.Hour)}); !slices.Contains(s.opened, "Bart/2026-11-21-010000/disk.vmdk") {
		t.Error("the new copy was not read")
	}
}

func TestRun_locatesAFlippedByte(t *testing.T) {
	p := newPlace(t)
	k := p.add("Bart", "2026-11-21-010000", 4*block)
	p.run(p.Store, verify.Options{})
	p.flip("Bart/2026-11-21-010000/disk.vmdk", 2*block+9)
	r := p.run(p.Store, verify.Options{})
	bad, damaged := r.Sets[0].Damage()
	if !damaged || bad.Path != "disk.vmdk" || !slices.Equal(bad.Bad, []string{"2097152-3145727"}) {
		t.Fatalf("got %+v", r.Sets[0].Files)
	}
	// What was proven of it before counts no more.
	if f, _ := read.Proofs(t.Context(), p.Store, work, func(state.Key) bool { return true }).Proofs[k].Of("disk.vmdk"); f.Level != "" || f.SHA256 != "" {
		t.Errorf("still proven: %+v", f)
	}
}

// A server that delivers other bytes once is not called damaged, and not good either.
func TestRun_tellsTwoReadingsThatDiffer(t *testing.T) {
	p := newPlace(t)
	p.add("Bart", "2026-11-21-010000", block/2)
	first := true
	s := &reader{Store: p.Store, change: func(name string, _ int64, r io.ReadCloser) io.ReadCloser {
		if path.Base(name) != "disk.vmdk" || !first {
			return r
		}
		first = false
		return io.NopCloser(bytes.NewReader(random(99, block/2)))
	}}
	r := p.run(s, verify.Options{})
	if _, damaged := r.Sets[0].Damage(); damaged || r.Sets[0].Verdict() != verify.Unreadable {
		t.Errorf("got %+v", r.Sets[0].Files)
	}
}

func TestRun_continuesInMidFile(t *testing.T) {
	p := newPlace(t)
	p.add("Bart", "2026-11-21-010000", 10*block)
	s := &reader{Store: p.Store}
	runs := 0
	for at := now; runs < 20; at = at.Add(24 * time.Hour) {
		runs++
		r := p.run(s, verify.Options{MaxBytes: 3 * block, Since: now.Add(-time.Hour), Now: func() time.Time { return at }})
		if r.Bytes > 3*block {
			t.Fatalf("run %d read %d bytes", runs, r.Bytes)
		}
		if verdicts(r)["Bart"] == verify.OK {
			break
		}
	}
	if runs != 4 || s.bytes > 11*block {
		t.Errorf("%d runs read %d bytes", runs, s.bytes)
	}
}

func TestRun_oldestProofFirst(t *testing.T) {
	p := newPlace(t)
	for _, vm := range []string{"Bart", "Homer", "Lisa"} {
		p.add(vm, "2026-11-21-010000", 2*block)
	}
	// Each night has time for one set: after three nights each was read once.
	for night := range 3 {
		at := now.AddDate(0, 0, night)
		p.run(p.Store, verify.Options{MaxBytes: 2*block + 100, Now: func() time.Time { return at }})
	}
	for k, proof := range read.Proofs(t.Context(), p.Store, work, func(state.Key) bool { return true }).Proofs {
		if f, known := proof.Of("disk.vmdk"); !known || f.Level != state.ReadProof {
			t.Errorf("%v was not proven: %+v", k, f)
		}
	}
}

func TestRun_tellsWhatIsThere(t *testing.T) {
	p := newPlace(t)
	const dir = "Bart/2026-11-21-010000/"
	p.add("Bart", "2026-11-21-010000", 100)
	if err := p.Remove(t.Context(), dir+"a.vmx"); err != nil {
		t.Fatal(err)
	}
	p.put(dir+"disk.vmdk", random(100, 99))
	p.put(dir+"strange", []byte("x"))
	for _, level := range []verify.Level{verify.List, verify.Read} {
		r := p.run(p.Store, verify.Options{Level: level})
		got := map[string]verify.Outcome{}
		for _, f := range r.Sets[0].Files {
			got[f.Path] = f.Outcome
		}
		if got["a.vmx"] != verify.Missing || got["disk.vmdk"] != verify.Size || got["strange"] != verify.Unexpected {
			t.Errorf("%s: got %v", level, got)
		}
	}
}

// Retention may delete a set while it is verified: that is no damage.
func TestRun_aSetThatIsDeletedMeanwhileIsGone(t *testing.T) {
	p := newPlace(t)
	p.add("Bart", "2026-11-21-010000", 100)
	copies := p.copies(p.Store)
	if err := p.Rename(t.Context(), "Bart/2026-11-21-010000", "Bart/trash"); err != nil {
		t.Fatal(err)
	}
	r, err := verify.Run(t.Context(), copies, verify.Options{Level: verify.Read, Now: func() time.Time { return now }})
	if err != nil || !r.Sets[0].Gone {
		t.Errorf("got %+v, %v", r.Sets[0], err)
	}
}

// Trouble on the way is no damage, and nothing of it is recorded as proven.
func TestRun_aServerThatIsAwayIsNotAsked(t *testing.T) {
	for _, c := range []struct {
		err  error
		want verify.Outcome
	}{
		{providers.ErrUnreachable, verify.Unasked},
		{errors.New("connection reset"), verify.Unasked},
		{fs.ErrPermission, verify.Unreadable},
	} {
		p := newPlace(t)
		p.add("Bart", "2026-11-21-010000", 100)
		s := faults.Wrap(p.Store, faults.New(faults.FailAlways(faults.On("*/*/disk.vmdk", "open"), c.err)))
		r := p.run(s, verify.Options{})
		if got := r.Sets[0].Verdict(); got != c.want {
			t.Errorf("%v: got %s", c.err, got)
		}
		for _, proof := range read.Proofs(t.Context(), p.Store, work, func(state.Key) bool { return true }).Proofs {
			if f, known := proof.Of("disk.vmdk"); known && f.Level != "" {
				t.Errorf("%v: proven: %+v", c.err, f)
			}
		}
	}
}

// A file that is shorter than it was listed is read three times, and not called good.
func TestRun_aLyingLength(t *testing.T) {
	p := newPlace(t)
	p.add("Bart", "2026-11-21-010000", 1000)
	s := &reader{Store: p.Store, change: func(_ string, offset int64, r io.ReadCloser) io.ReadCloser {
		return struct {
			io.Reader
			io.Closer
		}{io.LimitReader(r, max(0, 500-offset)), r}
	}}
	r := p.run(s, verify.Options{})
	if got := r.Sets[0].Verdict(); got != verify.Unreadable {
		t.Errorf("got %s: %+v", got, r.Sets[0].Files)
	}
}

func TestRun_interruptedRecordsWhatItHas(t *testing.T) {
	p := newPlace(t)
	p.add("Bart", "2026-11-21-010000", 8*block)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := verify.Run(ctx, p.copies(p.Store), verify.Options{Level: verify.Read, Now: func() time.Time { return now }, Events: func(e event.Event) {
		if f, ok := e.(event.Fetching); ok && f.Received == 5*block {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || r.Sets[0].Verdict() == verify.OK {
		t.Fatalf("got %v, %s", err, r.Sets[0].Verdict())
	}
	s := &reader{Store: p.Store}
	if again := p.run(s, verify.Options{Since: now.Add(-time.Hour)}); verdicts(again)["Bart"] != verify.OK || s.bytes > 4*block {
		t.Errorf("got %v after %d bytes", verdicts(again), s.bytes)
	}
}

// Two machines verify one set at the same time, and each can read another file of it: the
// record has both.
func TestRun_twoMachinesLoseNoProof(t *testing.T) {
	p := newPlace(t)
	k := p.add("Bart", "2026-11-21-010000", 100)
	unreadable := func(name string) providers.Store {
		return faults.Wrap(p.Store, faults.New(faults.FailAlways(faults.On("*/*/"+name, "open"), fs.ErrPermission)))
	}
	mine, theirs := p.copies(unreadable("a.vmx")), p.copies(unreadable("disk.vmdk"))
	for _, copies := range [][]verify.Copy{theirs, mine} {
		if _, err := verify.Run(t.Context(), copies, verify.Options{Level: verify.Read, Now: func() time.Time { return now }}); err != nil {
			t.Fatal(err)
		}
	}
	proof := read.Proofs(t.Context(), p.Store, work, func(state.Key) bool { return true }).Proofs[k]
	for _, name := range []string{"a.vmx", "disk.vmdk"} {
		if f, known := proof.Of(name); !known || f.Level != state.ReadProof {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// A run whose time is over is no failure, and shows which sets it has not reached.
func TestRun_endsInTime(t *testing.T) {
	p := newPlace(t)
	p.add("Bart", "2026-11-21-010000", 100)
	r := p.run(p.Store, verify.Options{Deadline: now})
	if got := r.Sets[0].Verdict(); got != verify.Later || r.Bytes > 0 {
		t.Errorf("got %s, %d bytes", got, r.Bytes)
	}
}

// folder is a place on a disk of this machine.
type folder struct{ providers.Store }

func (folder) Folder() string { return "/mnt/nas" }

// A mount that is lost while it is read is no damage: the exit code is that of a place that
// could not be asked. A sector that cannot be read is.
func TestRun_lostMountIsNotAsked(t *testing.T) {
	p := newPlace(t)
	p.add("Bart", "2026-11-21-010000", 100)
	for err, want := range map[error]verify.Outcome{providers.ErrUnreachable: verify.Unasked, errors.New("input/output error"): verify.Unreadable} {
		lost := folder{faults.Wrap(p.Store, faults.New(faults.FailAlways(faults.On("*/*/disk.vmdk", "open"), err)))}
		if got := p.run(lost, verify.Options{}).Sets[0].Verdict(); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}

// A proof dated in the future, by a machine whose clock was wrong, does not keep a file from being
// read until then.
func TestRun_proofInTheFutureDoesNotCount(t *testing.T) {
	p := newPlace(t)
	p.add("Bart", "2026-11-21-010000", 100)
	later := func() time.Time { return now.AddDate(70, 0, 0) }
	if _, err := verify.Run(t.Context(), p.copies(p.Store), verify.Options{Level: verify.Read, Now: later}); err != nil {
		t.Fatal(err)
	}
	s := &reader{Store: p.Store}
	if r := p.run(s, verify.Options{Since: now.AddDate(0, 0, -30)}); r.Sets[0].Verdict() != verify.OK || s.bytes == 0 {
		t.Errorf("got %s after %d bytes", r.Sets[0].Verdict(), s.bytes)
	}
}
