package local

import (
	"errors"
	"io/fs"
	"os"
	"strconv"

	"github.com/vmxsync/vmxsync/providers"
)

// unreadable gives what kept a folder or a file from being read its way out. What
// is not there, or was cancelled, needs none.
func (s *Store) unreadable(err error) error {
	if err == nil || providers.Hint(err) != "" {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return providers.WithHint(err, letRead(account(), s.root.Name()))
	case isAny(err, staleErrors):
		return providers.WithHint(err, "The mount of "+s.root.Name()+" is stale: mount it again.")
	case isAny(err, diskErrors):
		return providers.WithHint(err, "The disk or the network below "+s.root.Name()+" reports an error: check the system log.")
	}
	return err
}

// account is who runs this process: by name, or by number where it has none.
func account() string {
	if name := accountName(); name != "" {
		return name
	}
	return strconv.Itoa(os.Getuid())
}
