package ftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/resume"
	"github.com/vmxsync/vmxsync/providers/verify"
)

const noSumHint = "Set verify = \"readback\" in the transfer block, which reads every file back, or verify = \"size\"."

// Verification is transfer.verify.
func (s *Store) Verification() string { return s.dialer.settings.transfer().Verify }

// Verify proves the content of a file that was put: by the size alone, which
// Put has compared, by a sum that the server computes, or by reading it back.
func (s *Store) Verify(ctx context.Context, name string, body providers.Body, sum string) error {
	if err := s.checkEntry(name); err != nil {
		return s.fail("verify", name, err)
	}
	switch s.Verification() {
	case providers.VerifyHash:
		return s.fail("verify", name, s.verifySum(ctx, name, body, sum))
	case providers.VerifyReadback:
		return s.verifyBytes(ctx, name, sum)
	}
	return nil
}

// CheckSupport reports whether verify = "hash" can be kept to, as far as the server was
// asked.
func (s *Store) CheckSupport() error {
	if s.Verification() != providers.VerifyHash || !s.noSums.Load() {
		return nil
	}
	return fmt.Errorf("%s: %w", s.dialer.settings.address(), errNoSumsOffered)
}

var errNoSumsOffered = providers.WithHint(fmt.Errorf("verify = \"hash\": %w (HASH, XSHA256, XMD5, XCRC)", resume.ErrNoSum), noSumHint)

func (s *Store) verifySum(ctx context.Context, name string, body providers.Body, sum string) error {
	var a algorithm
	var theirs string
	err := s.do(ctx, func(ss *session) (err error) {
		if a, err = ss.mustSum(); err != nil {
			return err
		}
		theirs, err = ss.sum(a, s.absolute(name), body.Size())
		return err
	})
	if err != nil {
		return err
	}
	ours := sum
	if a.name != "SHA-256" {
		if ours, err = verify.BodySum(ctx, a.make(), body, body.Size()); err != nil {
			return err
		}
	}
	return verify.Mismatch(a.name, theirs, ours)
}

// mustSum is algorithm for a server that is required to offer one.
func (s *session) mustSum() (algorithm, error) {
	a, ok := s.algorithm()
	if !ok {
		return a, errNoSumsOffered
	}
	return a, nil
}

// verifyBytes reads a file to its end, again from its beginning after the loss
// of a session.
func (s *Store) verifyBytes(ctx context.Context, name, sum string) error {
	theirs, first := "", true
	policy := s.retry
	policy.Transient = func(err error) bool {
		doubt := first && (errors.Is(err, fs.ErrNotExist) || answered(err)) // a single refusal may be about the moment
		first = false
		return doubt || !errors.Is(err, fs.ErrNotExist) && transient(err)
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
