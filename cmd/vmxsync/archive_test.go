package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/vmxsync/vmxsync/state"
)

// archive is what a backup program has written so far: of each set, as
// "Bart/2026-11-21-010000", the SHA-256 of its files. It survives the source.
type archive map[string]map[string]string

// add makes a file of pseudo-random bytes of a set below root, and keeps its checksum.
func (a archive) add(root, set, name string, size int64) error {
	p := filepath.Join(root, filepath.FromSlash(set), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		return err
	}
	if err := writeRandom(p, set+name, size); err != nil {
		return err
	}
	sum, err := fileSum(p)
	if a[set] == nil {
		a[set] = map[string]string{}
	}
	a[set][name] = sum
	return err
}

// whole compares a set on the disk of a server with its manifest, and both with the
// files of the backup program.
func (a archive) whole(root, set string) error {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(set), state.ManifestName))
	if err != nil {
		return err
	}
	m, err := state.ParseManifest(text)
	if err != nil {
		return err
	}
	if len(m.Files) != len(a[set]) {
		return fmt.Errorf("its manifest names %d files, want %d", len(m.Files), len(a[set]))
	}
	for _, f := range m.Files {
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(set), filepath.FromSlash(f.Path)))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		if got := hex.EncodeToString(sum[:]); got != f.SHA256 || got != a[set][f.Path] {
			return fmt.Errorf("%s has another sum", f.Path)
		}
	}
	return nil
}

// glance is whole while other processes change the disk: a set that has vanished since
// it was listed is neither whole nor an error.
func (a archive) glance(root, set string) (whole bool, err error) {
	err = a.whole(root, set)
	if err == nil {
		return true, nil
	}
	if _, gone := os.Stat(filepath.Join(root, filepath.FromSlash(set))); gone != nil {
		return false, nil
	}
	if again := a.whole(root, set); again == nil {
		return true, nil
	}
	return false, err
}
