package dircache_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vmxsync/vmxsync/providers/dircache"
)

func TestKnown_forgetsAFolderWithAllBelowIt(t *testing.T) {
	dirs := []string{"/", "/a", "/a/b", "/a/b/c", "/a/bb", "/d"}
	for forgotten, left := range map[string][]string{
		"/a/b": {"/", "/a", "/a/bb", "/d"},
		"/a":   {"/", "/d"},
		"/":    nil,
		"/e":   dirs,
	} {
		var k dircache.Known
		for _, dir := range dirs {
			k.Add(dir)
		}
		k.Forget(forgotten)
		var got []string
		for _, dir := range dirs {
			if k.Has(dir) {
				got = append(got, dir)
			}
		}
		if len(got) != len(left) {
			t.Errorf("without %s: got %q, want %q", forgotten, got, left)
			continue
		}
		for i := range got {
			if got[i] != left[i] {
				t.Errorf("without %s: got %q, want %q", forgotten, got, left)
			}
		}
	}
}

func TestKnown_oneOfManyMakesAFolder(t *testing.T) {
	var k dircache.Known
	var calls atomic.Int32
	inside, all := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			<-all
			if err := k.Once(t.Context(), "/a", func() error { calls.Add(1); <-inside; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	close(all)
	close(inside)
	group.Wait()
	if n := calls.Load(); n != 1 || !k.Has("/a") {
		t.Errorf("%d calls, known %v; want 1, true", n, k.Has("/a"))
	}
}

func TestKnown_eachTriesWhereAnotherFailed(t *testing.T) {
	var k dircache.Known
	refused := errors.New("refused")
	var calls, failed atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := k.Once(t.Context(), "/a", func() error { calls.Add(1); return refused }); errors.Is(err, refused) {
				failed.Add(1)
			}
		})
	}
	group.Wait()
	if calls.Load() != 8 || failed.Load() != 8 || k.Has("/a") {
		t.Errorf("%d calls, %d failed, known %v; want 8, 8, false", calls.Load(), failed.Load(), k.Has("/a"))
	}
}

func TestKnown_whoWaitsEndsWithItsContext(t *testing.T) {
	var k dircache.Known
	began, end := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		_ = k.Once(t.Context(), "/a", func() error { close(began); <-end; return nil })
	})
	<-began
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.Once(ctx, "/a", func() error { return errors.New("it was called") }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	close(end)
	group.Wait()
}
