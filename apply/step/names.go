package step

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// fits proves that no name of the set exceeds the limits of the destination as it is
// now: the plan may have been made for another disk.
func (c claim) fits() error {
	limits := c.Store.Traits().Limits
	paths := []string{path.Join(c.Final(), state.ManifestName), c.Place.WorkDir.Deleted(c.Key, c.Run)}
	for _, s := range c.Steps {
		paths = append(paths, s.To)
	}
	for _, p := range paths {
		if p == "" {
			continue
		}
		if err := limits.CheckPath(p); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return nil
}

// holds tests names of the set that file systems are known to refuse, shorten or change
// before anything is sent under them: a place may not know its own limits. For each
// name it creates and deletes an empty file in the staged folder.
func (c claim) holds(ctx context.Context) error {
	var names []string
	for _, f := range c.Change.Files {
		names = append(names, strings.Split(f.Path, "/")...)
	}
	// Only their length is in doubt: what the claim lies in has the same characters.
	trash := path.Base(c.Place.WorkDir.Deleted(c.Key, c.Run))
	for _, name := range append(strings.Split(c.Final(), "/"), trash) {
		names = append(names, strings.Repeat("n", len(name)))
	}
	for _, name := range doubtful(names) {
		if err := c.hold(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// certainBytes is a length that every file system in use holds: eCryptfs ends at
// 143, encfs somewhere above.
const certainBytes = 100

// doubtful returns a representative choice of names: the longest, one that is not
// ASCII, one with each character that Windows refuses, and device names of Windows.
func doubtful(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	slices.SortStableFunc(names, func(a, b string) int { return len(b) - len(a) })
	var doubts []string
	first := func(doubted func(string) bool) {
		if i := slices.IndexFunc(names, doubted); i >= 0 {
			doubts = append(doubts, names[i])
		}
	}
	first(func(name string) bool { return len(name) > certainBytes })
	first(func(name string) bool {
		return strings.IndexFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) >= 0
	})
	for _, r := range providers.RefusedByWindows {
		first(func(name string) bool { return strings.ContainsRune(name, r) })
	}
	for _, name := range names {
		if providers.ReservedOnWindows(name) && !strings.ContainsAny(name, providers.RefusedByWindows) {
			doubts = append(doubts, name)
		}
	}
	slices.Sort(doubts)
	return slices.Compact(doubts)
}

// sameName reads the name of the staged folder back, which holds that of the
// VM: Twisted stores what is beyond ASCII in another spelling, finds it by both,
// and lists the other one only.
func (c claim) sameName(ctx context.Context) error {
	staged := c.Place.WorkDir.Staged(c.Key)
	if c.Learned.Spells(path.Base(staged)) {
		return nil
	}
	entries, err := c.Store.List(ctx, path.Dir(staged))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(entries, func(e providers.File) bool { return e.Name() == path.Base(staged) }) {
		c.Learned.Spelled(path.Base(staged))
		return nil
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), path.Base(staged)) {
			return providers.WithHint(fmt.Errorf("the server does not store names as they are sent: vmxsync sent %q, and the server lists %q: %w",
				path.Base(staged), e.Name(), providers.ErrName), foldingHint)
		}
	}
	return fmt.Errorf("the server stores the name %q in another spelling: %w", c.Key.VM, providers.ErrName)
}

const foldingHint = "Turn off the setting of the server that changes the case of names, or rename the VM at the source to the name that the server lists."

const unheldHint = "No part of the set was sent. Rename it at the source, or use another destination; vmxsync check tests which names a destination can store."

// hold creates a file of that name and looks for it in the listing. The reply of the
// place is not reliable: exFAT in user space reports that the file does not exist.
func (c claim) hold(ctx context.Context, name string) error {
	p := path.Join(c.Place.WorkDir.Staged(c.Key), name)
	failed := c.Store.Put(ctx, p, remote.Bytes(nil))
	if failed != nil && !nameRefused(failed) || ctx.Err() != nil {
		return errors.Join(failed, ctx.Err())
	}
	_, there, err := remote.Entry(ctx, c.Store, p)
	if err != nil {
		return errors.Join(failed, err)
	}
	if err := remote.RemoveIfThere(ctx, c.Store, p); err != nil && failed == nil {
		return err
	}
	switch {
	case failed != nil:
		err = fmt.Errorf("the destination cannot store the name %q: %w", name, asName(failed))
	case !there:
		err = fmt.Errorf("the destination lists the name %q in another spelling: %w", name, providers.ErrName)
	}
	return providers.WithHint(err, unheldHint)
}

// nameRefused reports whether an error may be about the name of what was put.
func nameRefused(err error) bool { return errors.Is(err, fs.ErrNotExist) || remote.Refused(err) }

func asName(err error) error {
	if errors.Is(err, providers.ErrName) {
		return err
	}
	return fmt.Errorf("%w: %w", err, providers.ErrName)
}
