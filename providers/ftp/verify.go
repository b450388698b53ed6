package ftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/verify"
)

// Verification is transfer.verify.
func (s *Store) Verification() string { return s.dialer.Settings.TransferOptions().Verify }

// Verify proves the content of a file that was put: by the size alone, which
// Put has compared, by a sum that the server computes, or by reading it back.
func (s *Store) Verify(ctx context.Context, name string, body providers.Body, sum string) error {
	if err := s.checkEntry(name); err != nil {
		return s.fail("verify", name, err)
	}
	switch s.Verification() {
	case providers.VerifyHash:
		return s.fail("verify", name, verifySum(ctx, s, name, body, sum))
	case providers.VerifyReadback:
		return verifyBytes(ctx, s, name, sum)
	}
	return nil
}

// CheckSupport reports whether verify = "hash" can be kept to, as far as the server was
// asked.
func (s *Store) CheckSupport() error {
	if s.Verification() != providers.VerifyHash || !s.noSums.Load() {
		return nil
	}
	return fmt.Errorf("%s: %w", s.dialer.Settings.Address(), command.ErrNoSums)
}

func verifySum(ctx context.Context, s *Store, name string, body providers.Body, sum string) error {
	var a command.Algorithm
	var theirs string
	err := s.do(ctx, func(ss *command.Session) (err error) {
		if a, err = command.MustSum(ss); err != nil {
			return err
		}
		theirs, err = command.SumOf(ss, a, s.absolute(name), body.Size())
		return err
	})
	if err != nil {
		return err
	}
	ours := sum
	if a.Name != "SHA-256" {
		if ours, err = verify.BodySum(ctx, a.New(), body, body.Size()); err != nil {
			return err
		}
	}
	return verify.Mismatch(a.Name, theirs, ours)
}

// verifyBytes reads a file to its end, again from its beginning after the loss
// of a session.
func verifyBytes(ctx context.Context, s *Store, name, sum string) error {
	theirs, first := "", true
	policy := s.retry
	policy.Transient = func(err error) bool {
		doubt := first && (errors.Is(err, fs.ErrNotExist) || wire.Answered(err)) // a single refusal may be about the moment
		first = false
		return doubt || !errors.Is(err, fs.ErrNotExist) && wire.Transient(err)
	}
	err := policy.Do(ctx, func() error {
		r, err := s.Open(ctx, name, 0)
		if err == nil {
			theirs, err = verify.ReadSum(r)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.fail("verify", name, verify.Mismatch("SHA-256", theirs, sum))
}
