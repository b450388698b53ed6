package ftp

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
)

var _ providers.Ahead = lean{}

// ListAhead asks in one session and once: what it lacks is asked for again by List.
func (l lean) ListAhead(ctx context.Context, dirs []string) [][]providers.File {
	paths := make([]string, len(dirs))
	for i, dir := range dirs {
		if l.check(dir) != nil {
			return make([][]providers.File, len(dirs))
		}
		paths[i] = l.absolute(dir)
	}
	var all [][]providers.File
	err := l.once(ctx, func(ss *command.Session) (err error) {
		all, err = l.tree.Status.Ahead(ss, paths)
		return err
	})
	if err != nil || all == nil {
		return make([][]providers.File, len(dirs))
	}
	for i, files := range all {
		locate(dirs[i], files)
	}
	return all
}
