package disk

import (
	"fmt"
	"os/user"
	"syscall"
)

// The numbers are those of Windows: ERROR_NETNAME_DELETED, ERROR_BAD_NETPATH,
// ERROR_DEV_NOT_EXIST; ERROR_CRC, ERROR_IO_DEVICE.
var (
	staleErrors = []error{syscall.Errno(64), syscall.Errno(53), syscall.Errno(55)}
	diskErrors  = []error{syscall.Errno(23), syscall.Errno(1117)}
)

// letRead is the command that lets an account read what is below a folder, and
// what will come there.
func letRead(account, root string) string {
	return fmt.Sprintf("Let %s read it, as an administrator: icacls \"%s\" /grant \"%s:(OI)(CI)RX\" /T", account, root, account)
}

func accountName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
