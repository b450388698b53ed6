package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// Driver makes stores of type "local". Its settings are a *Settings.
var Driver = providers.Driver{
	Type: "local",
	New:  func() providers.Settings { return NewSettings() },
	Open: func(ctx context.Context, s providers.Settings, _ providers.Secrets) (providers.Store, error) {
		settings, ok := s.(*Settings)
		if !ok {
			return nil, fmt.Errorf("local settings are a %T, want *local.Settings", s)
		}
		return Open(ctx, settings)
	},
}

// Open opens the folder that s names. Where it is missing, the error wraps
// fs.ErrNotExist and has a hint; nothing is created.
func Open(ctx context.Context, s *Settings) (*Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if problems := s.Check(); len(problems) > 0 {
		return nil, fmt.Errorf("%s: %s", problems[0].Attribute, problems[0].Detail)
	}
	root, err := os.OpenRoot(s.Path)
	if err != nil {
		return nil, absent(s.Path, disk.Reason(err))
	}
	return newStore(root, s), nil
}

func absent(path string, err error) error {
	err = fmt.Errorf("folder %s: %w", path, err)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return providers.WithHint(err, "Check that the disk is mounted. The folder in path must exist; vmxsync never creates it.")
}
