//go:build !linux && !darwin && !freebsd && !windows

package disk

import "errors"

func FreeBytes(string) (int64, error) { return 0, errors.ErrUnsupported }
