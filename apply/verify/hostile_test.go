package verify_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/state"
)

var (
	today = time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	key   = state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}
)

const setPath = "Bart/2026-11-21-010000"

// scene is a place with one set of one file, as it was listed.
func scene(is, should []byte) (*mem.Store, verify.Copy) {
	store := mem.New(func() time.Time { return today })
	store.Plant(providers.File{Path: setPath + "/disk"}, is)
	sum := sha256.Sum256(should)
	m := &state.Manifest{Key: key, Files: []state.ManifestFile{{Path: "disk", Size: int64(len(should)), SHA256: hex.EncodeToString(sum[:])}}}
	set := state.Set{Key: key, State: state.Complete, Path: setPath, Marked: true, Manifest: m, Files: []state.File{{Path: "disk", Size: int64(len(is))}}}
	return store, verify.Copy{Place: "nas", Set: set, Work: work}
}

func outcome(t *testing.T, ctx context.Context, c verify.Copy, o verify.Options) verify.File {
	t.Helper()
	o.Level, o.Now = verify.Read, func() time.Time { return today }
	r, err := verify.Run(ctx, []verify.Copy{c}, o)
	if err != nil {
		t.Fatal(err)
	}
	if why := r.Sets[0].Why; why != nil {
		return verify.File{Outcome: verify.Unasked, Why: why.Error()}
	}
	return r.Sets[0].Files[0]
}

// A connection that ends is never damage, however the end is wrapped.
func TestRun_networkTroubleIsNoDamage(t *testing.T) {
	body := bytes.Repeat([]byte("x"), 3<<20)
	for name, trouble := range map[string]error{
		"lost":            &retry.Lost{Err: io.EOF},
		"lost in midword": &retry.Lost{Err: io.ErrUnexpectedEOF},
		"no greeting":     &retry.Unreachable{Err: fmt.Errorf("no greeting: %w", io.EOF)},
	} {
		t.Run(name, func(t *testing.T) {
			store, c := scene(body, body)
			c.Store = faults.Wrap(store, faults.New(faults.FailAlways(faults.On(setPath+"/disk", faults.Open), trouble)))
			if f := outcome(t, t.Context(), c, verify.Options{}); f.Outcome != verify.Unasked {
				t.Errorf("got %q (%s), want %q", f.Outcome, f.Why, verify.Unasked)
			}
		})
	}
}

// A copy whose bytes differ is not put off for ever because its second reading does not fit
// into the time of one run.
func TestRun_doubtThatTheTimeCutsIsToldOf(t *testing.T) {
	is, should := bytes.Repeat([]byte("x"), 3<<20), bytes.Repeat([]byte("y"), 3<<20)
	store, c := scene(is, should)
	script := faults.New()
	c.Store = &slow{Store: faults.Wrap(store, script), from: 2}
	f := outcome(t, t.Context(), c, verify.Options{Deadline: today.Add(300 * time.Millisecond)})
	if f.Outcome != verify.Unasked || f.Why == "" {
		t.Errorf("got %q (%q), want %q and why", f.Outcome, f.Why, verify.Unasked)
	}
}

// slow stalls each Open from the nth on until the time is over.
type slow struct {
	*faults.Store
	from, n int
}

func (s *slow) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	if s.n++; s.n >= s.from {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.Store.Open(ctx, p, offset)
}

// A ledger that cannot be written is not passed over: the next run would begin anew.
func TestRun_unwritableLedgerIsToldOf(t *testing.T) {
	body := []byte("seven b")
	store, c := scene(body, body)
	c.Store = faults.Wrap(store, faults.New(faults.FailAlways(faults.On(work.Verified()+"/*", faults.Put), providers.ErrFull)))
	r, err := verify.Run(t.Context(), []verify.Copy{c}, verify.Options{Level: verify.Read, Now: func() time.Time { return today }})
	if err != nil || r.Sets[0].Verdict() != verify.OK || !errors.Is(r.Sets[0].Unrecorded, providers.ErrFull) {
		t.Errorf("got %v, %q, %v", err, r.Sets[0].Verdict(), r.Sets[0].Unrecorded)
	}
}

// Facts of other files are not lost because the ledger could not be read at the moment.
func TestRun_ledgerThatCannotBeReadIsKept(t *testing.T) {
	body := []byte("seven b")
	store, c := scene(body, body)
	file := work.Proof(key)
	was := state.Proof{Key: key, Manifest: c.Set.Manifest.Identity()}.With(state.FileProof{Path: "other", Size: 1, SHA256: "ab", At: today.Add(-time.Hour), Level: state.ReadProof})
	store.Plant(providers.File{Path: file}, was.Encode())
	c.Store = faults.Wrap(store, faults.New(faults.FailAlways(faults.On(file, faults.Open), &retry.Lost{Err: io.EOF})))
	outcome(t, t.Context(), c, verify.Options{})
	r, err := store.Open(t.Context(), file, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, _ := io.ReadAll(r)
	p, err := state.ParseProof(data)
	if _, there := p.Of("other"); err != nil || !there {
		t.Errorf("the proof of the other file is gone: %v, %s", err, data)
	}
}
