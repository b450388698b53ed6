package drill

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
	"github.com/vmxsync/vmxsync/state/vmx"
)

// verify reads every byte of what was restored, and checks whether its VM can be registered.
func (r *run) verify(ctx context.Context) (finding, err error) {
	s, err := read.FolderSet(ctx, r.Target, r.set.Folder)
	if err != nil {
		return nil, fmt.Errorf("what was restored cannot be read: %w", err)
	}
	if r.Events != nil {
		r.Events(event.Started{Changes: 1, Bytes: s.Bytes()})
	}
	copies := []verify.Copy{{Place: r.set.Origins[0].Place, Store: r.Target, Set: s}}
	result, err := verify.Run(ctx, copies, verify.Options{Level: verify.Read, Now: r.Now, Events: r.Events})
	if err != nil {
		return nil, err
	}
	for _, f := range result.Sets[0].Files {
		if f.Outcome.Bad() || f.Outcome == verify.Unasked {
			return fmt.Errorf("%s was restored, and does not hold what its manifest says: %s %s", f.Path, f.Outcome, f.Why), nil
		}
	}
	switch verdict := result.Sets[0].Verdict(); {
	case verdict == verify.OK:
		r.record.Level = state.ReadProof
	case verdict == verify.NoSums:
		r.note("The set was adopted and has no checksums: only its sizes were compared.")
	default:
		return nil, fmt.Errorf("what was restored cannot be verified: %s", verdict)
	}
	return r.soundness(ctx, s), nil
}

// soundness is what speaks against the VM of the set.
func (r *run) soundness(ctx context.Context, s state.Set) (finding error) {
	files := make([]vmx.File, len(s.Files))
	for i, f := range s.Files {
		files[i] = vmx.File{Path: f.Path, Size: f.Size}
	}
	var faults []error
	for _, f := range read.Soundness(ctx, r.Target, r.set.Folder, files) {
		if f.Note {
			r.note("%s", f.String())
			continue
		}
		faults = append(faults, fmt.Errorf("the VM may not start: %s", f.String()))
	}
	return errors.Join(faults...)
}
