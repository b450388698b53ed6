package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// shape is how many sets a source holds, and how large they are.
type shape struct {
	vms, sets, files int   // sets of each VM, files of each set
	size             int64 // of each file, in bytes
}

func (s shape) allSets() int    { return s.vms * s.sets }
func (s shape) allFiles() int   { return s.allSets() * s.files }
func (s shape) allBytes() int64 { return int64(s.allFiles()) * s.size }

// parseShape reads VMSxSETSxFILES, as 200x20x3.
func parseShape(text string) (shape, error) {
	var s shape
	var rest string
	n, _ := fmt.Sscanf(text, "%dx%dx%d%s", &s.vms, &s.sets, &s.files, &rest)
	if n != 3 || s.vms < 1 || s.sets < 1 || s.files < 1 {
		return shape{}, fmt.Errorf("invalid shape %q: want VMSxSETSxFILES, as 4x5x51", text)
	}
	return s, nil
}

// String is what parseShape reads.
func (s shape) String() string { return fmt.Sprintf("%dx%dx%d", s.vms, s.sets, s.files) }

// newest is when the last set of each VM was made: not long ago, because vmxsync warns of
// VMs without a fresh set, and not just now, because it waits for sets being written.
func newest() time.Time { return time.Now().Add(-24 * time.Hour).Truncate(time.Second) }

// folders are the paths of the sets below the source, by VM and from the oldest.
func (s shape) folders(last time.Time) [][]string {
	var all [][]string
	for vm := range s.vms {
		var sets []string
		for i := range s.sets {
			at := last.AddDate(0, 0, i+1-s.sets)
			sets = append(sets, filepath.Join(fmt.Sprintf("vm%03d", vm+1), at.Format("2006-01-02-150405")))
		}
		all = append(all, sets)
	}
	return all
}

func fileName(i int) string { return fmt.Sprintf("disk%05d.vmdk", i+1) }

// write makes the source in dir.
func (s shape) write(dir string, folders [][]string, last time.Time) error {
	for _, vm := range folders {
		for i, set := range vm {
			if err := s.writeSet(filepath.Join(dir, set), last.AddDate(0, 0, i+1-s.sets)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s shape) writeSet(dir string, at time.Time) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i := range s.files {
		path := filepath.Join(dir, fileName(i))
		if err := writeFile(path, s.size); err != nil {
			return err
		}
		if err := os.Chtimes(path, at, at); err != nil {
			return err
		}
	}
	return os.Chtimes(dir, at, at)
}

// writeFile writes size bytes that do not compress.
func writeFile(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = copyRandom(f, size)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
