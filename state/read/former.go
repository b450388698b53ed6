package read

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Former reads the names of the configurations that this root was taken over
// from; none where the file is missing. Their sets count here.
func Former(ctx context.Context, store providers.Store, work state.WorkDir) ([]string, error) {
	data, err := readSeldom(ctx, store, work.Former(), 64<<10) // most roots were never taken over
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("former owners: %w", err)
	}
	return state.ParseFormer(data), nil
}
