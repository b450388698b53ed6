//go:build unix

package disk

import (
	"fmt"
	"os/user"
	"syscall"
)

var (
	staleErrors = []error{syscall.ESTALE, syscall.ENOTCONN}
	diskErrors  = []error{syscall.EIO}
)

// letRead is the command that lets an account read what is below a folder, and
// what will come there.
func letRead(account, root string) string {
	return fmt.Sprintf("Let %s read it, as root: setfacl -R -m u:%s:rX,d:u:%s:rX %q. "+
		"If new files have no permissions for their group, run the backup program with umask 027.", account, account, account, root)
}

func accountName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
