package verify

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers/grace"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// ledger records what was proven of the files of one copy.
type ledger struct {
	copy  Copy
	now   func() time.Time
	new   []state.FileProof // since it was written
	wrote time.Time
	err   error // why the last record was not written; nil if it was
}

// newLedger knows what was proven of the copy that is there now: proofs of another one, which
// was sent again since, count for nothing.
func newLedger(c Copy, now func() time.Time) *ledger {
	identity := c.Set.Manifest.Identity()
	if !c.Proof.IsOf(c.Set.Manifest) {
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

// write adds what is new to the record at the place, as it is there by now: another machine
// may have verified the same set. If that fails, what is new is recorded with the next record,
// and l.err says why: without it, the files are read again another time. What is there and
// cannot be read now is not replaced.
func (l *ledger) write(ctx context.Context) {
	if len(l.new) == 0 || l.copy.Work == "" {
		return
	}
	ctx, cancel := grace.Detached(ctx)
	defer cancel()
	l.wrote = l.now()
	record, err := l.there(ctx)
	if l.err = err; err != nil {
		return
	}
	mine := l.copy.Proof
	for _, f := range l.new {
		there, _ := record.Of(f.Path)
		last, _ := mine.Of(f.Path)
		if ours := there.At.Equal(last.At); ours || there.At.Before(f.At) {
			record = record.With(f)
		}
		mine = mine.With(f)
	}
	if l.err = l.copy.Store.Put(ctx, l.copy.Work.Proof(record.Key), remote.Bytes(record.Encode())); l.err != nil {
		return
	}
	l.copy.Proof, l.new = mine, nil
}

// there reads the record of the copy at the place. It is empty if the place has none, or one
// of another copy.
func (l *ledger) there(ctx context.Context) (state.Proof, error) {
	c, none := l.copy, state.Proof{Key: l.copy.Set.Key, Manifest: l.copy.Proof.Manifest}
	data, err := read.File(ctx, c.Store, c.Work.Proof(c.Set.Key), state.MaxProof)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	p, err := state.ParseProof(data)
	if err != nil || p.Key != none.Key || !p.IsOf(c.Set.Manifest) {
		return none, nil
	}
	return state.Proof{Key: none.Key, Manifest: none.Manifest, Files: p.Files}, nil
}
