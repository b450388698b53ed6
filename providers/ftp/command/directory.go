package command

import (
	"fmt"
	"strings"

	"github.com/jlaffaye/ftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// verbOf is the command by which one of the two clients lists.
func (s *Session) verbOf(by *ftp.ServerConn) string {
	if by == s.Library && s.Has(MLST) {
		return "MLSD"
	}
	return "LIST"
}

// MLST stands in FEAT for both MLST and MLSD.
const MLST = "MLST"

// Listing has one directory listed by the library and returns what the server
// sent, because the library drops what it does not understand.
func (s *Session) Listing(by *ftp.ServerConn, option, dir string) ([]byte, error) {
	return s.ListFolder(dir, s.verbOf(by), func(argument string) error {
		_, err := by.List(strings.TrimSuffix(option+argument, " "))
		return err
	})
}

// collect returns what the server sends on the data connection of a call of
// the library.
func (s *Session) collect(call func() error) ([]byte, error) {
	raw, final, err := s.Capture(call)
	if err != nil {
		return nil, err
	}
	if strings.Contains(strings.ToLower(final), "truncated") {
		return nil, providers.WithHint(fmt.Errorf("server replied %q: %w", s.Dialer.Redact(final), providers.ErrListing), LimitHint)
	}
	if n := len(raw); n > 0 && raw[n-1] != '\n' {
		return nil, fmt.Errorf("ended in the middle of a line: %w", providers.ErrListing)
	}
	return s.Dialer.Charset.Decode(raw)
}

// ProveDirectory enters a directory and leaves it again: some servers do not
// rename or remove one that a session is in. Nobody renames or removes the root.
func (s *Session) ProveDirectory(dir string) error {
	if err := s.changeTo(dir); err != nil || dir == s.Dialer.Settings.RootDir() {
		return err
	}
	return s.stepOut()
}

// stepOut enters the root of the account, where there is one.
func (s *Session) stepOut() error {
	err := s.AnyPositive(s.Library.ChangeDir("/"))
	if err != nil && !wire.RefusesPath(err) {
		return err
	}
	s.away = s.away && err != nil
	return nil
}

const LimitHint = "Raise the server's limit of entries per listing (Pure-FTPd: LimitRecursion)."
