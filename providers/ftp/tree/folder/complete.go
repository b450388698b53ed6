package folder

import (
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/shown"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// A server may end a listing after so many lines and say nothing. Then the
// number of lines is round, which ordinary folders seldom are.

const roundHint = command.LimitHint + " If it has no limit, add one file or folder to that folder, or delete one."

// proveComplete has a round listing repeated in a way that needs another number of
// lines for the same names: with or without the directory itself and its
// parent, or names that begin with a dot. What stops after so many lines shows
// other names then. Where no command makes a difference, nothing is proven.
func proveComplete(ss *command.Session, dir, option string, first shown.Folder) error {
	if !first.IsRound() {
		return nil
	}
	for _, again := range otherWays(ss, option) {
		second, err := again(dir)
		switch {
		case wire.Answered(err) && !wire.Transient(err) || errors.Is(err, listing.ErrNotUnderstood):
			continue
		case err != nil:
			return err
		case !shown.SameNames(first.Files, second.Files):
			return doubted("%d names, and different ones when listed again", len(first.Files))
		case first.Entries != second.Entries:
			return nil
		}
	}
	return doubted("%d names, a number at which servers truncate listings", len(first.Files))
}

func doubted(format string, names int) error {
	return providers.WithHint(fmt.Errorf(format+": %w", names, providers.ErrListing), roundHint)
}

// otherWays are those that differ from the one of list.
func otherWays(ss *command.Session, option string) []func(dir string) (shown.Folder, error) {
	plain := func(dir string) (shown.Folder, error) { return shown.ByList(ss, "", dir) }
	whole := func(dir string) (shown.Folder, error) { return shown.ByListAll(ss, dir) }
	names := func(dir string) (shown.Folder, error) { return shown.ByNames(ss, dir) }
	switch {
	case ss.Has(command.MLST):
		return []func(string) (shown.Folder, error){plain, whole, names}
	case option == shown.All:
		return []func(string) (shown.Folder, error){plain, names}
	}
	return []func(string) (shown.Folder, error){whole, names}
}
