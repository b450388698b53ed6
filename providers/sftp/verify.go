package sftp

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/verify"
)

// Verification is transfer.verify.
func (s *Store) Verification() string { return s.settings.Moving().Verify }

// Verify proves the content of a file that was put: by the size alone, which Put has
// compared, or by reading it back, again from its beginning after the loss of a session.
func (s *Store) Verify(ctx context.Context, name string, _ providers.Body, sum string) error {
	if err := s.checkEntry(name); err != nil {
		return s.fail("verify", name, err)
	}
	if s.Verification() == providers.VerifySize {
		return ctx.Err()
	}
	return s.retry.Do(ctx, func() error {
		r, err := s.Open(ctx, name, 0)
		if err != nil {
			return err
		}
		theirs, err := verify.ReadSum(r)
		if err != nil {
			return err
		}
		return s.fail("verify", name, verify.Mismatch("SHA-256", theirs, sum))
	})
}

var _ providers.Verifier = (*Store)(nil)
