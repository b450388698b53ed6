//go:build !linux && !windows

package disk

import "github.com/vmxsync/vmxsync/providers"

// Limits are those of common file systems: nothing is asked here.
func Limits(string) providers.Limits { return providers.Limits{NameBytes: longestName} }
