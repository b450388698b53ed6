package step

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
)

// A set that comes from another destination is compared with the checksums that its manifest
// had when the plan was made: the copy there may have rotted as well.

// inTurn does work that reads one destination and writes to another, one at a time: two such
// files that cross would wait for each other's sessions.
func (p put) inTurn(ctx context.Context, work func() error) error {
	if !p.Change.Fetches() {
		return work()
	}
	select {
	case p.Fetching <- struct{}{}:
		defer func() { <-p.Fetching }()
		return work()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// asFetched proves that what was sent is what the other copy's manifest names. Else nothing of
// it stays in staging, and the file is read once more to find out who is to blame.
func (p put) asFetched(ctx context.Context, sum string) error {
	want, fetched := p.wanted()
	if !fetched || sum == want {
		return nil
	}
	if err := p.Guard(ctx); err != nil {
		return err
	}
	if err := remote.RemoveIfThere(ctx, p.Store, p.Step.To); err != nil {
		return err
	}
	forgetSent(p.Env)
	again, err := source.SumOf(ctx, p.Source, p.local())
	switch {
	case err != nil:
		return errors.Join(fmt.Errorf("%s at %s did not match its checksum", p.name(), p.Change.Source), err)
	case again != sum:
		return fmt.Errorf("%s at %s: two readings differ (SHA-256 %s and %s): the connection or the memory of the server may be at fault", p.name(), p.Change.Source, sum, again)
	}
	return providers.WithHint(fmt.Errorf("%s: %w", p.Change.Source, &task.DamagedError{
		Copy: p.From, Key: p.Key, Was: p.Change.Manifest, File: p.name(), Why: "did not match its checksum when it was read for " + p.Place.Name,
	}), "Both copies are kept as they are. vmxsync restore takes each file of the set from a destination where it matches.")
}

// wanted is the checksum that the file has to have; false where the source has the last word.
func (p put) wanted() (sum string, fetched bool) {
	if !p.Change.Fetches() {
		return "", false
	}
	for i, f := range p.Change.Files {
		if f.Path == p.name() {
			return p.Change.Sums[i], true
		}
	}
	return "", true
}
