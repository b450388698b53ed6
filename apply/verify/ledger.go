package verify

import (
	"context"
	"time"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// ledger records what was proven of the files of one copy.
type ledger struct {
	copy  Copy
	now   func() time.Time
	new   []state.FileProof // since it was written
	wrote time.Time
}

// newLedger knows what was proven of the copy that is there now: proofs of another one, which
// was sent again since, count for nothing.
func newLedger(c Copy, now func() time.Time) *ledger {
	identity := c.Set.Manifest.Identity()
	if c.Proof.Manifest != "" && c.Proof.Manifest != identity {
		c.Proof = state.Proof{}
	}
	c.Proof.Key, c.Proof.Manifest = c.Set.Key, identity
	return &ledger{copy: c, now: now}
}

// of is what is known of a file.
func (l *ledger) of(name string) state.FileProof {
	f, _ := l.copy.Proof.Of(name)
	return f
}

// add records a file soon: with the others of the set, or after a minute.
func (l *ledger) add(ctx context.Context, f state.FileProof) {
	l.new = append(l.new, f)
	if l.wrote.IsZero() {
		l.wrote = l.now()
	}
	if l.now().Sub(l.wrote) >= recordedEvery {
		l.write(ctx)
	}
}

// note records what is known of a file at once, also after the end of ctx.
func (l *ledger) note(ctx context.Context, f state.FileProof) {
	l.new = append(l.new, f)
	l.write(ctx)
}

// recordedEvery is how much time passes at most between two records of what was proven.
const recordedEvery = time.Minute

// afterTime bounds how long a run goes on whose time is up, to record what it has read.
const afterTime = 20 * time.Second

// write adds what is new to the record at the place, as it is there by now: another machine
// may have verified the same set. If that fails, the files are read again another time.
func (l *ledger) write(ctx context.Context) {
	if len(l.new) == 0 || l.copy.Work == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterTime)
	defer cancel()
	c, identity := l.copy, l.copy.Proof.Manifest
	record := state.Proof{Key: c.Set.Key, Manifest: identity}
	if data, err := read.File(ctx, c.Store, c.Work.Proof(c.Set.Key), state.MaxProof); err == nil {
		if there, err := state.ParseProof(data); err == nil && there.Key == c.Set.Key && (there.Manifest == "" || there.Manifest == identity) {
			record.Files = there.Files
		}
	}
	for _, f := range l.new {
		there, _ := record.Of(f.Path)
		if ours := there.At.Equal(l.of(f.Path).At); ours || there.At.Before(f.At) {
			record = record.With(f)
		}
		l.copy.Proof = l.copy.Proof.With(f)
	}
	l.new, l.wrote = nil, l.now()
	_ = c.Store.Put(ctx, c.Work.Proof(c.Set.Key), remote.Bytes(record.Encode()))
}
