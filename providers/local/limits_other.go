//go:build !linux && !windows

package local

import "github.com/vmxsync/vmxsync/providers"

// limits are those of common file systems: nothing is asked here.
func limits(string) providers.Limits { return providers.Limits{NameBytes: longestName} }
