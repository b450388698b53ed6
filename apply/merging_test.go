package apply_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

// merging is a place whose lean rename of a folder onto a full one merges the two, file by
// file (rclone serve ftp over a remote, gateways to object stores).
type merging struct{ providers.Store }

func (m merging) Unwrap() providers.Store { return m.Store }
func (m merging) Lean() providers.Lean    { return mergingLean(m) }

type mergingLean struct{ providers.Store }

func (m mergingLean) Unwrap() providers.Store { return m.Store }
func (m mergingLean) Lean() providers.Lean    { return m }
func (m mergingLean) Taken(ctx context.Context, p string) (bool, error) {
	return providers.LeanOf(m.Store).Taken(ctx, p)
}
func (m mergingLean) SizeOf(ctx context.Context, p string) (int64, error) {
	return providers.LeanOf(m.Store).SizeOf(ctx, p)
}
func (m mergingLean) RemoveListed(ctx context.Context, f providers.File) error {
	return m.Remove(ctx, f.Path)
}
func (m mergingLean) RemoveEmptied(ctx context.Context, p string) error { return m.Remove(ctx, p) }

func (m mergingLean) RenameToFree(ctx context.Context, from, to string) error {
	if _, err := m.Stat(ctx, to); err != nil {
		return m.Rename(ctx, from, to)
	}
	return m.merge(ctx, from, to)
}

func (m mergingLean) merge(ctx context.Context, from, to string) error {
	entries, err := m.List(ctx, from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		target := to + strings.TrimPrefix(e.Path, from)
		if e.Kind == providers.Dir {
			if err := m.merge(ctx, e.Path, target); err != nil {
				return err
			}
			continue
		}
		m.Remove(ctx, target)
		if err := m.Rename(ctx, e.Path, target); err != nil {
			return err
		}
	}
	return m.Remove(ctx, from)
}

// Another machine publishes the set between the claim and the publish.
func TestRun_finalNameTakenWhileFilesAreSent(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	final := key("Bart", 21).String()
	script, done, clock := faults.New(), false, now()
	script.Observe(func(c faults.Call) {
		if !done && c.Op == faults.Put && c.Path == dir.StagedSet(key("Bart", 21))+"/empty.log" {
			done = true
			w.summed("nas", key("Bart", 21))
			clock = clock.Add(time.Second)
		}
	})
	theirs := ""
	log := &memLog{script: script}
	j, err := journal.Resume(log, nil, journal.Header{Run: thisRun, Plan: "p", Created: now()}, now)
	if err != nil {
		t.Fatal(err)
	}
	r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Journal: j, Parallelism: 1, Now: func() time.Time { return clock }, Stores: map[string]providers.Store{
		"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": merging{faults.Wrap(w.stores["nas"], script)},
	}})
	theirs = w.tree(t, "nas")[final+"/"+state.ManifestName]
	wantFailure(t, r, bart21, "already exists")
	if !strings.Contains(theirs, oldRun) {
		t.Errorf("the set of the other machine was replaced (happened: %v): %v", done, err)
	}
}
