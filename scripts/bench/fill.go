package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// owner is the name of the configuration.
const owner = "bench"

// nothingThere empties the destination, and what vmxsync remembers of it.
func (b scaling) nothingThere(_ context.Context, j job) error {
	return errors.Join(empty(j.server.Root), os.RemoveAll(j.home), os.MkdirAll(j.home, 0o755), writeConfig(j))
}

// everythingThere puts all sets at the destination by hand, as an apply would have left
// them: a hundred thousand sets take too long to send.
func (b scaling) everythingThere(ctx context.Context, j job) error {
	if err := b.nothingThere(ctx, j); err != nil {
		return err
	}
	for _, vm := range j.folders {
		for _, set := range vm {
			if err := fillSet(j, set); err != nil {
				return err
			}
		}
	}
	work := filepath.Join(j.server.Root, ourFolder)
	for _, folder := range []string{"staging", "trash", "lock"} {
		if err := os.MkdirAll(filepath.Join(work, folder), 0o755); err != nil {
			return err
		}
	}
	return errors.Join(os.WriteFile(filepath.Join(work, "owner"), []byte(owner+"\n"), 0o644), j.server.Adopt())
}

// fillSet links the files of a set into the destination, and writes its manifest.
func fillSet(j job, set string) error {
	if err := os.MkdirAll(j.onDisk(set), 0o755); err != nil {
		return err
	}
	k, err := keyOf(set)
	if err != nil {
		return err
	}
	m := state.Manifest{Key: k, Run: "20260101T000000Z-000000000000", Owner: owner, Verified: "size"}
	for _, file := range j.filesOf(set) {
		data, err := os.ReadFile(filepath.Join(j.source, file))
		if err != nil {
			return err
		}
		if err := os.Link(filepath.Join(j.source, file), j.onDisk(file)); err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		m.Files = append(m.Files, state.ManifestFile{Path: filepath.Base(file), Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])})
	}
	return os.WriteFile(filepath.Join(j.onDisk(set), state.ManifestName), m.Encode(), 0o644)
}

func keyOf(set string) (state.Key, error) {
	_, k, err := state.SplitAddress("./" + filepath.ToSlash(set))
	return k, err
}

// lackNewest takes the newest set of each VM from the destination.
func (b scaling) lackNewest(_ context.Context, j job) error {
	for _, vm := range j.folders {
		if err := os.RemoveAll(j.onDisk(vm[len(vm)-1])); err != nil {
			return err
		}
	}
	return nil
}

// keepFew configures that a tenth of the sets of each VM are kept.
func (b scaling) keepFew(_ context.Context, j job) error {
	return os.WriteFile(filepath.Join(j.home, "vmxsync.hcl"), []byte(config(j, max(j.sets/10, 1))), 0o600)
}

// addNewer adds a newer set at the source, and configures that only one is kept.
func (b scaling) addNewer(_ context.Context, j job) error {
	newer := b.last.Add(time.Hour)
	set := filepath.Join(j.source, filepath.Dir(j.folders[0][0]), newer.Format("2006-01-02-150405"))
	small := shape{1, 1, 1, planned}
	text := config(j, 1) + "guard {\n  min_size_percent = 0\n}\n" // it is unlike the one before it
	return errors.Join(small.writeSet(set, newer), os.WriteFile(filepath.Join(j.home, "vmxsync.hcl"), []byte(text), 0o600))
}

// savedPlan empties the destination and saves a plan.
func (b scaling) savedPlan(ctx context.Context, j job) error {
	if err := b.nothingThere(ctx, j); err != nil {
		return err
	}
	command := vmxsyncCommand(b.tools.Vmxsync[0], j, "plan", "-out=plan.out", "-summary")
	if _, printed, err := command.Run(ctx, j.home); err != nil {
		return fmt.Errorf("%w: %s", err, printed)
	}
	return nil
}
