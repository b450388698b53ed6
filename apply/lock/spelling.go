package lock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/grace"
)

// ErrSpelling: the place stores other names than it is sent. Nobody holds its lock.
var ErrSpelling = errors.New("the destination does not store names as they are sent")

const spellingHint = "Sets are found by their names, so this destination cannot be used as it is. Turn off whatever changes names on the server (case, characters, a prefix), or use another server."

// misspelt reports that our own name does not stand alone because the place shows it
// in another way, and not because others hold the lock: the ID in it is random. Of a
// name that is shown not at all, and found, the same is true.
func (a *attempt) misspelt(ctx context.Context, shown []Holder) error {
	for _, h := range shown {
		if h.name != a.self.name && respelled(h.name, a.self.name) {
			return errors.Join(a.wrongName(fmt.Sprintf("the destination lists %q", providers.Escape(h.name))), a.removeShown(ctx, h))
		}
	}
	if len(shown) > 0 || a.meets < 2 {
		return nil // others hold it, or a listing takes its time
	}
	_, err := a.place.Store.Stat(ctx, a.place.path(a.self))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it is deleted: another took it away
	}
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	all, err := a.place.names(ctx)
	if err != nil || len(all) > 0 {
		return err // others came: the next look tells
	}
	return a.wrongName("the destination finds that name but does not list it")
}

func (a *attempt) wrongName(how string) error {
	err := fmt.Errorf("%w: vmxsync sent %q, and %s: %w", ErrSpelling, a.self.name, how, providers.ErrName)
	return providers.WithHint(err, spellingHint)
}

// removeShown takes our name away as it is shown.
func (a *attempt) removeShown(ctx context.Context, h Holder) error {
	ctx, cancel := grace.Context(ctx)
	defer cancel()
	if providers.CheckName(h.name) != nil {
		return nil
	}
	return a.place.remove(ctx, h)
}

// respelled reports whether shown is sent in other letters, with other characters for
// some, or with something around it.
func respelled(shown, sent string) bool {
	return strings.Contains(plain(shown), plain(sent))
}

func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, name)
}
