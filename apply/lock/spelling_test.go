package lock_test

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// mapping is a server that stores files under other names than it is sent, and
// finds them by both.
type mapping struct {
	providers.Store
	stored func(name string) string
	hides  bool // lists none of them
}

func (s mapping) Unwrap() providers.Store { return s.Store }

func (s mapping) at(p string) string { return path.Join(path.Dir(p), s.stored(path.Base(p))) }

func (s mapping) Put(ctx context.Context, p string, b providers.Body) error {
	return s.Store.Put(ctx, s.at(p), b)
}

func (s mapping) Stat(ctx context.Context, p string) (providers.File, error) {
	f, err := s.Store.Stat(ctx, p)
	if errors.Is(err, fs.ErrNotExist) {
		return s.Store.Stat(ctx, s.at(p))
	}
	return f, err
}

func (s mapping) List(ctx context.Context, dir string) ([]providers.File, error) {
	files, err := s.Store.List(ctx, dir)
	if s.hides {
		files = nil
	}
	return files, err
}

func (s mapping) Remove(ctx context.Context, p string) error {
	err := s.Store.Remove(ctx, p)
	if errors.Is(err, fs.ErrNotExist) {
		return s.Store.Remove(ctx, s.at(p))
	}
	return err
}

// TestTake_otherNamesAreNoOtherHolder: the way out is not to wait, and not to
// remove the lock of somebody.
func TestTake_otherNamesAreNoOtherHolder(t *testing.T) {
	same := func(name string) string { return name }
	for name, server := range map[string]mapping{
		"capitals":   {stored: strings.ToUpper},
		"characters": {stored: func(name string) string { return strings.ReplaceAll(name, "~", "_") }},
		"a prefix":   {stored: func(name string) string { return "domain users; " + name }},
		"hidden":     {stored: same, hides: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server.Store = mem.New(nil)
				for range 2 {
					_, err := machine(t).Take(t.Context(), nas(server), lock.Options{})
					if !errors.Is(err, lock.ErrSpelling) || errors.Is(err, lock.ErrHeld) || strings.Contains(err.Error(), "locked") {
						t.Errorf("got %v, want ErrSpelling", err)
					}
					if hint := providers.Hint(err); !strings.Contains(hint, "names") || strings.Contains(hint, "force-unlock") {
						t.Errorf("hint %q", hint)
					}
				}
				if left := providertest.Tree(t, server.Store); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		})
	}
}

// TestTake_nameOfTheLockIsInLowerCase: servers that fold names keep it.
func TestTake_nameOfTheLockIsInLowerCase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mapping{Store: mem.New(nil), stored: strings.ToLower}
		l := take(t, machine(t), nas(store))
		if name := l.Holder().String(); name != strings.ToLower(name) {
			t.Errorf("the name is %s", name)
		}
		release(t, l)
	})
}

// TestTake_readsTheNamesOfOlderVersions: with the capitals of the machine and time.
func TestTake_readsTheNamesOfOlderVersions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, here := mem.New(nil), t.TempDir()
		l := take(t, lock.Here(here), nas(store))
		id, host, since := parts(t, l)
		release(t, l)
		old := id + "~" + strings.ToUpper(host) + "~" + strings.ToUpper(since)
		providertest.Fill(t, store, map[string]string{work.Held() + "/" + old: "held"})
		var held *lock.HeldError
		_, err := machine(t).Take(t.Context(), nas(store), lock.Options{})
		if !errors.As(err, &held) || !held.Holder.Since.Equal(time.Now().Truncate(time.Second)) {
			t.Errorf("got %v, want who holds it, and since when", err)
		}
		release(t, take(t, lock.Here(here), nas(store))) // our own, of a process that is dead
	})
}

func parts(t *testing.T, l *lock.Lock) (id, host, since string) {
	t.Helper()
	all := strings.Split(l.Holder().String(), "~")
	if len(all) != 3 {
		t.Fatalf("name %q", l.Holder())
	}
	return all[0], all[1], all[2]
}
