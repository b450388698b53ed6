package ftp

import (
	"context"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
)

// RawList lists as List does, and reads nothing from it. It returns the lines
// that the server sent, in one try.
func (s *Store) RawList(ctx context.Context, dir string) ([]string, error) {
	if err := s.check(dir); err != nil {
		return nil, s.fail("list", dir, err)
	}
	var lines []string
	err := s.once(ctx, func(ss *command.Session) error {
		option, err := s.tree.Folders.Option(ss)
		if err != nil {
			return err
		}
		raw, err := ss.Listing(ss.Library, option, s.absolute(dir))
		for line := range strings.Lines(string(raw)) {
			lines = append(lines, strings.TrimRight(line, "\r\n"))
		}
		return err
	})
	return lines, s.fail("list", dir, err)
}

var _ providers.RawLister = (*Store)(nil)
