package external

import (
	"errors"
	"fmt"
	"os/exec"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// Method is a program that sends files in the place of a session. It reads
// the whole of a file from its standard input and makes a connection of its
// own. Directories, and whether the file arrived, stay matters of a session.
type Method struct {
	program string
	path    string // of the program on this machine
	install string // what brings it

	longestPath  int // in bytes, that it sends as it is
	longestLogin int // likewise, of username and password each

	// login is the content of a file that only this user can read: no secret
	// is ever in an argument. args are those that make the program read it.
	login func(d *wire.Dialer, target string) string
	args  func(d *wire.Dialer, loginFile, target string) []string
	// meaning is, in the errors of package wire, what the program ended
	// for. It may have none.
	meaning func(code int, said []string) meaning
}

// meaning is why a program failed: what it said of that, what this stands for,
// and perhaps a way out.
type meaning struct {
	why  string
	kind error
	hint string
}

var methods = map[string]Method{account.Curl: curl, account.NcFTPPut: ncftpput}

// afterData is what a refusal stands for that came when bytes had been sent. It
// is no longer about the path: many servers say 550 to a broken connection.
func afterData(r *wire.Refusal) error {
	if wire.RefusesPath(r) && !errors.Is(r, providers.ErrFull) {
		return &retry.Lost{Err: errors.New(r.Error())}
	}
	return r
}

// Find looks for the program now, before anything has moved.
func Find(s *account.Settings, password string) (*Method, error) {
	m, ok := methods[s.MethodName()]
	if !ok {
		return nil, nil
	}
	found, err := exec.LookPath(m.program)
	if err != nil {
		return nil, providers.WithHint(fmt.Errorf("transfer.method: %w", err),
			fmt.Sprintf("Install %s (%s) in a folder of PATH, or remove method from the transfer block: vmxsync needs no external program.", m.program, m.install))
	}
	m.path = found
	if account.HasControl(password) {
		return nil, errors.New("the password contains a control character, which FTP cannot send")
	}
	if longest := max(len(s.User()), len(password)); longest > m.longestLogin {
		return nil, providers.WithHint(fmt.Errorf("transfer.method: %s accepts usernames and passwords of at most %d bytes", m.program, m.longestLogin),
			"Set method = \"curl\", or remove it.")
	}
	return &m, nil
}

// LongestPath is in bytes, with the root.
func LongestPath(s *account.Settings) int {
	if m, ok := methods[s.MethodName()]; ok {
		return m.longestPath
	}
	return providers.MaxLine
}
