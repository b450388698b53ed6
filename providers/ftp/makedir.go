package ftp

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// MakeDir believes that it made dir only where the server confirms its MKD: on
// every server that was tried, exactly one of many sessions succeeds.
func (s *Store) MakeDir(ctx context.Context, dir string) error {
	if err := s.checkEntry(dir); err != nil {
		return s.fail("make", dir, err)
	}
	absolute := s.absolute(dir)
	return s.fail("make", dir, s.do(ctx, func(ss *session) error { return s.makeNew(ss, absolute) }))
}

// makeNew begins again where others make and remove the folders above dir at the
// same time.
func (s *Store) makeNew(ss *session, dir string) error {
	for try := 1; ; try++ {
		refusal, err := s.makeOnce(ss, dir)
		if refusal == nil || err != nil || try == retry.Tries {
			return cmp.Or(err, refusal)
		}
		s.known.Forget(s.root)
	}
}

// makeOnce returns the refusal of MKD where nothing is there: it has the code
// of a directory that is. The folders above are there most of the time, and are
// made where a first MKD is refused.
func (s *Store) makeOnce(ss *session, dir string) (refusal, err error) {
	if parent := path.Dir(dir); !s.known.Has(parent) {
		err := ss.makeFolder(dir)
		if !answered(err) || transient(err) {
			return nil, err
		}
		if err := s.makeDir(ss, parent); err != nil {
			return nil, err
		}
	}
	err = ss.makeFolder(dir)
	if !answered(err) || transient(err) {
		return nil, err
	}
	refusal = err
	switch _, err := s.stat(ss, dir); {
	case err == nil:
		return nil, fs.ErrExist
	case errors.Is(err, fs.ErrNotExist), refusesPath(err):
		return refusal, nil
	default:
		return nil, err
	}
}

var _ providers.Locker = (*Store)(nil)
