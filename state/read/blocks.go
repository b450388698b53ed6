package read

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
)

// Blocks reads the block sums of the set in the folder dir, which its manifest names; nil if
// it names none. Others than those that it names are an error.
func Blocks(ctx context.Context, store providers.Store, dir string, m *state.Manifest) (*blocks.Sums, error) {
	if m.Blocks == nil {
		return nil, nil
	}
	text, err := File(ctx, store, path.Join(dir, state.BlocksName), blocks.MaxBytes)
	if err != nil {
		return nil, err
	}
	if *blocks.RefOf(text) != *m.Blocks {
		return nil, errors.New("they are not those that the manifest names")
	}
	sums, err := blocks.Parse(text)
	if err == nil && sums.Key != m.Key {
		err = fmt.Errorf("they are those of %s", sums.Key)
	}
	if err != nil {
		return nil, err
	}
	return &sums, nil
}
