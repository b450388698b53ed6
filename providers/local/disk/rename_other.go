//go:build !linux

package disk

import "os"

func renameTo(root *os.Root, from, to string) error { return root.Rename(from, to) }
