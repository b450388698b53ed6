package disk

import (
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
)

// CheckPath refuses what no store takes, and what this system cannot hold.
func CheckPath(p string) error {
	if err := providers.CheckPath(p); err != nil {
		return err
	}
	if why := unusable(p); why != "" {
		return fmt.Errorf("%q %s: %w", p, why, providers.ErrName)
	}
	return nil
}

// CheckBelowRoot refuses the root, which no call may move, replace or remove.
func CheckBelowRoot(p string) error {
	if p == "." {
		return fmt.Errorf("the root cannot be changed: %w", providers.ErrName)
	}
	return CheckPath(p)
}
