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

// of is what is known of a file; nothing where the proofs are of another copy.
func (l *ledger) of(name string) state.FileProof {
	if p := l.copy.Proof; p.Manifest == "" || p.Manifest == l.copy.Set.Manifest.Identity() {
		f, _ := p.Of(name)
		return f
	}
	return state.FileProof{}
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
	c, identity := l.copy, l.copy.Set.Manifest.Identity()
	record := state.Proof{Key: c.Set.Key, Manifest: identity}
	if data, err := read.File(ctx, c.Store, c.Work.Proof(c.Set.Key), state.MaxProof); err == nil {
		if there, err := state.ParseProof(data); err == nil && there.Key == c.Set.Key && (there.Manifest == "" || there.Manifest == identity) {
			record.Files = there.Files
		}
	}
	for _, f := range l.new {
		if there, known := record.Of(f.Path); !known || !there.At.After(f.At) {
			record = record.With(f)
		}
	}
	l.new, l.wrote = nil, l.now()
	_ = c.Store.Put(ctx, c.Work.Proof(c.Set.Key), remote.Bytes(record.Encode()))
}
