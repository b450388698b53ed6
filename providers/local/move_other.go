//go:build !linux

package local

import "os"

func move(root *os.Root, from, to string) error { return root.Rename(from, to) }
