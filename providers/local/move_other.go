//go:build !linux

package local

func (s *Store) move(from, to string) error { return s.root.Rename(from, to) }
