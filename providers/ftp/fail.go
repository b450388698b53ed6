package ftp

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// fail adds where and what to the error of a call.
func (s *Store) fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %s %s: %w", s.dialer.Settings.Address(), op, providers.Escape(s.absolute(name)), err)
	if providers.Hint(err) != "" {
		return err
	}
	if hint := cmp.Or(longPathHint(len(s.absolute(name)), err), hint(s.dialer, err)); hint != "" {
		return providers.WithHint(err, hint)
	}
	return err
}

// longPathHint is the way out where a server may have ended the session because of the
// length of a path, or "": ProFTPD 1.3.8 does when it lists a folder of 2,100 bytes,
// which it entered step by step.
func longPathHint(n int, err error) string {
	const long = 1000 // bytes; every server that was tried works with as many
	if _, isLost := errors.AsType[*retry.Lost](err); !isLost || n <= long {
		return ""
	}
	return fmt.Sprintf("This path has %d bytes, and the server may not be able to work with as many: give the folder of the VM or its sub-folders shorter names, or set a shorter `root` or `layout`.", n)
}
