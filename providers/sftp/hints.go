package sftp

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp/account"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// hint is the way out of what went wrong in a session, or "".
func hint(s *account.Settings, err error) string {
	slow, expired := errors.AsType[*wire.Expiry](err)
	switch {
	case errors.Is(err, providers.ErrFull):
		return "Free space on the server or raise the quota of the account, then apply again."
	case errors.Is(err, errNoRoot):
		return fmt.Sprintf("The folder %s does not exist on the server: create it, or correct `root`. In a chroot, paths begin at its top.", s.Root)
	case errors.Is(err, errLink):
		return "vmxsync uses only folders below `root` that are folders themselves. Put the folder where the link is, or set `root` to where the link leads."
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("Give %q permission to write, rename and delete below %q.", s.Username, s.Root)
	case expired:
		return wire.SlowHint(slow)
	}
	return ""
}
