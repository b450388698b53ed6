package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
)

const growsHint = "The backup program is still writing: raise `settle` of the source, or name its last file in `ready_file`."

// Blame looks at the source for the reason why a file could not be sent: the file may
// have changed while it was read. The destination knows only that the bytes did not end
// where they should.
func Blame(ctx context.Context, source providers.Store, local providers.File, failed error) error {
	if ctx.Err() != nil {
		return failed
	}
	is, err := source.Stat(ctx, local.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s %w: it was deleted while vmxsync read it", local.Path, ErrChanged)
	case err != nil || unchangedFile(is, local):
		return failed
	case is.Kind == providers.Regular && is.Size > local.Size:
		return providers.WithHint(fmt.Errorf("%s %w: it grew from %d to %d bytes while vmxsync read it", local.Path, ErrChanged, local.Size, is.Size), growsHint)
	case is.Kind == providers.Regular && is.Size < local.Size:
		return providers.WithHint(fmt.Errorf("%s %w: it shrank from %d to %d bytes while vmxsync read it", local.Path, ErrChanged, local.Size, is.Size), growsHint)
	}
	return providers.WithHint(changedFile(is, local), growsHint)
}
