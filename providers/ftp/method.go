package ftp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// method is a program that sends files in the place of this package. It reads
// the whole of a file from its standard input and makes a connection of its
// own. Directories, and whether the file arrived, stay matters of a session.
type method struct {
	program string
	path    string // of the program on this machine
	install string // what brings it

	longestPath  int // in bytes, that it sends as it is
	longestLogin int // likewise, of username and password each

	// login is the content of a file that only this user can read: no secret
	// is ever in an argument. args are those that make the program read it.
	login func(d *dialer, target string) string
	args  func(d *dialer, loginFile, target string) []string
	// meaning tells, in the errors of this package, what the program ended
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

var methods = map[string]method{Curl: curl, NcFTPPut: ncftpput}

// afterData is what a refusal stands for that came when bytes had been sent. It
// is no longer about the path: many servers say 550 to a broken connection.
func afterData(r *refusal) error {
	if refusesPath(r) && !errors.Is(r, providers.ErrFull) {
		return &retry.Lost{Err: errors.New(r.Error())}
	}
	return r
}

// findMethod looks for the program now, before anything has moved.
func (s *Settings) findMethod(password string) (*method, error) {
	m, ok := methods[s.method()]
	if !ok {
		return nil, nil
	}
	found, err := exec.LookPath(m.program)
	if err != nil {
		return nil, providers.WithHint(fmt.Errorf("transfer.method: %w", err),
			fmt.Sprintf("Install %s (%s) in a folder of PATH, or remove method from the transfer block: vmxsync needs no external program.", m.program, m.install))
	}
	m.path = found
	if strings.ContainsFunc(password, isControl) {
		return nil, errors.New("the password contains a control character, which FTP cannot send")
	}
	if longest := max(len(s.user()), len(password)); longest > m.longestLogin {
		return nil, providers.WithHint(fmt.Errorf("transfer.method: %s accepts usernames and passwords of at most %d bytes", m.program, m.longestLogin),
			"Set method = \"curl\", or remove it.")
	}
	return &m, nil
}

// longestPath is in bytes, with the root.
func (s *Settings) longestPath() int {
	if m, ok := methods[s.method()]; ok {
		return m.longestPath
	}
	return providers.MaxLine
}

// outside is a Put by a program. It sends the file from its beginning at each
// try; where it lost the connection after the last byte, the size decides.
func (u *upload) outside(ctx context.Context) error {
	for try := 1; ; try++ {
		if err := u.store.do(ctx, u.store.inOneLine(u.path, u.clear)); err != nil {
			return err
		}
		err := u.store.pool.Outside(ctx, u.run)
		switch {
		case err == nil:
			err = u.judge(ctx)
		case isLost(err) && u.moved > 0:
			u.store.abandoned.Note(u.name)
			if u.sent && u.judge(ctx) == nil {
				return nil
			}
		}
		u.suspect = suspectsFull(err)
		if err == nil || try == retry.Tries || ctx.Err() != nil || !transient(err) {
			return err
		}
		if err := u.store.retry.Pause(ctx, try); err != nil {
			return err
		}
	}
}

// clear prepares, and removes a file of that name: some servers do not
// replace one, and programs tell little about refusals.
func (u *upload) clear(ss *session) error {
	if err := u.ruleOutFull(ss); err != nil {
		return err
	}
	u.store.known.Forget(path.Dir(u.path))
	if err := u.prepare(ss); err != nil {
		return err
	}
	f, err := ss.ask(u.path)
	switch {
	case refusesPath(err):
		return nil
	case err != nil:
		return err
	case f.Kind == providers.Dir:
		return errIsDir
	case f.Kind == providers.Regular:
		return ss.deleteFile(u.path)
	}
	return nil
}

// judge is compare in a session of its own. A short file is not asked for
// twice: it has to be sent again.
func (u *upload) judge(ctx context.Context) error {
	var verdict error
	err := u.store.do(ctx, func(ss *session) error {
		verdict = u.compare(ss)
		if _, cut := errors.AsType[*retry.Short](verdict); cut {
			return nil
		}
		return verdict
	})
	return cmp.Or(err, verdict)
}
