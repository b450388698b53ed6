package ftp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
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

var errNoSumsOffered = providers.WithHint(fmt.Errorf("verify = \"hash\": %w (HASH, XSHA256, XMD5, XCRC)", errNoSum), noSumHint)

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
		if ours, err = a.sumOf(ctx, body, body.Size()); err != nil {
			return err
		}
	}
	return mismatch(a.name, theirs, ours)
}

// mustSum is algorithm for a server that is required to offer one.
func (s *session) mustSum() (algorithm, error) {
	a, ok := s.algorithm()
	if !ok {
		return a, errNoSumsOffered
	}
	return a, nil
}

func mismatch(algorithm, theirs, ours string) error {
	if theirs == ours {
		return nil
	}
	return fmt.Errorf("%s on the server is %s, sent was %s: %w", algorithm, theirs, ours, providers.ErrMismatch)
}

// verifyBytes reads a file to its end, again from its beginning after the loss
// of a session.
func (s *Store) verifyBytes(ctx context.Context, name, sum string) error {
	for try := 1; ; try++ {
		theirs, err := s.readSum(ctx, name)
		if err == nil {
			return s.fail("verify", name, mismatch("SHA-256", theirs, sum))
		}
		once := try == 1 && (errors.Is(err, fs.ErrNotExist) || answered(err)) // a single refusal may be about the moment
		if try == tries || ctx.Err() != nil || !once && (errors.Is(err, fs.ErrNotExist) || !transient(err)) {
			return err
		}
		if err := s.pause(ctx, try); err != nil {
			return err
		}
	}
}

func (s *Store) readSum(ctx context.Context, name string) (string, error) {
	r, err := s.Open(ctx, name, 0)
	if err != nil {
		return "", err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
