package step

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers"
)

// verify proves a file in the way that the destination is configured for. A file with
// other bytes than were sent is useless to a later run, and is deleted.
func (p put) verify(ctx context.Context, b providers.Body, sum string) error {
	verifier, ok := providers.As[providers.Verifier](p.Store)
	if !ok {
		return nil
	}
	err := verifier.Verify(ctx, p.Step.To, b, sum)
	if errors.Is(err, providers.ErrMismatch) {
		err = fmt.Errorf("%s: %w", p.name(), err)
		return errors.Join(err, remote.RemoveIfThere(ctx, p.Store, p.Step.To))
	}
	return err
}

// verification is how the files of a destination are proven.
func verification(store providers.Store) string {
	if v, ok := providers.As[providers.Verifier](store); ok {
		return v.Verification()
	}
	return providers.VerifySize
}
