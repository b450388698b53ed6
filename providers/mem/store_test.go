package mem_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func TestStore_keepsTheLaw(t *testing.T) {
	providertest.Run(t, func(*testing.T) providers.Store { return mem.New(nil) }, providertest.NoLeaks())
}

func TestStore_keepsTheLawWithOneSession(t *testing.T) {
	open := func(*testing.T) providers.Store { return mem.New(nil, mem.Sessions(1)) }
	providertest.Run(t, open, providertest.NoLeaks(), providertest.Entries(10))
}

func TestStore_tellsTheTimeOfItsClock(t *testing.T) {
	now := time.Date(2026, 11, 21, 1, 2, 3, 4, time.FixedZone("", 3600))
	store := mem.New(func() time.Time { return now }, mem.TimeStep(time.Second))
	providertest.Fill(t, store, map[string]string{"web01/disk": "text"})
	f, err := store.Stat(t.Context(), "web01/disk")
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 21, 0, 2, 3, 0, time.UTC); f.ModTime != want {
		t.Errorf("got %v, want %v", f.ModTime, want)
	}
}

func TestClone_isIndependent(t *testing.T) {
	store := mem.New(nil)
	providertest.Fill(t, store, map[string]string{"a/b": "one", "c": "two"})
	before := providertest.Tree(t, store)
	clone := store.Clone()

	providertest.Fill(t, store, map[string]string{"a/b": "changed", "a/new": "new"})
	if err := store.Remove(t.Context(), "c"); err != nil {
		t.Fatal(err)
	}
	if diff := providertest.Diff(providertest.Tree(t, clone), before); diff != nil {
		t.Errorf("the clone changed with its original: %q", diff)
	}
}

func TestClone_waitsForNoSession(t *testing.T) {
	store := mem.New(nil, mem.Sessions(1))
	providertest.Fill(t, store, map[string]string{"a": "one"})
	r, err := store.Open(t.Context(), "a", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := store.Clone().Stat(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

func TestOpen_holdsItsSessionUntilClosed(t *testing.T) {
	store := mem.New(nil, mem.Sessions(1))
	providertest.Fill(t, store, map[string]string{"a": "one"})
	r, err := store.Open(t.Context(), "a", 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := store.Stat(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stat beside the only session: got %v, want %v", err, context.DeadlineExceeded)
	}
	r.Close()
	r.Close() // a second one gives back nothing
	if _, err := store.Stat(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

func TestPut_failedLeavesThePart(t *testing.T) {
	store := mem.New(nil)
	if err := store.Put(t.Context(), "a", long{providertest.Text("12345")}); err == nil {
		t.Fatal("a body shorter than its size: got no error")
	}
	if f, err := store.Stat(t.Context(), "a"); err != nil || f.Size != 5 {
		t.Errorf("got %+v, %v, want the 5 bytes that came", f, err)
	}
}

type long struct{ providers.Body }

func (long) Size() int64 { return 10 }

func TestPlant_showsWhatNoPutMakes(t *testing.T) {
	store := mem.New(nil)
	when := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	store.Plant(providers.File{Path: "vm/link", Kind: providers.Link, ModTime: when}, nil)
	store.Plant(providers.File{Path: "vm/evil\x1b[2J"}, []byte("text"))
	store.Plant(providers.File{Path: "vm/empty", Kind: providers.Dir}, nil)

	files, err := store.List(t.Context(), "vm")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, string(f.Kind)+" "+f.Name())
	}
	want := []string{"dir empty", "file evil\x1b[2J", "link link"}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	if files[2].ModTime != when {
		t.Errorf("got %v, want %v", files[2].ModTime, when)
	}
}

func TestRoot_staysAsItIs(t *testing.T) {
	store := mem.New(nil)
	providertest.Fill(t, store, map[string]string{"a": "one"})
	for op, err := range map[string]error{
		"put":         store.Put(t.Context(), ".", providertest.Text("x")),
		"remove":      store.Remove(t.Context(), "."),
		"rename of":   store.Rename(t.Context(), ".", "b"),
		"rename onto": store.Rename(t.Context(), "a", "."),
	} {
		if !errors.Is(err, providers.ErrName) {
			t.Errorf("%s the root: got %v, want %v", op, err, providers.ErrName)
		}
	}
}

func TestClose_endsTheStore(t *testing.T) {
	store := mem.New(nil)
	store.Close()
	if _, err := store.Stat(t.Context(), "."); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("got %v, want %v", err, fs.ErrClosed)
	}
}

func TestSession_writesToWhatItOpened(t *testing.T) {
	store := mem.New(nil)
	first, err := store.Begin("a/f")
	if err != nil {
		t.Fatal(err)
	}
	first.Write([]byte("one "))
	second, err := store.Begin("a/f") // empties it
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Rename(t.Context(), "a", "b"); err != nil {
		t.Fatal(err)
	}
	first.Write([]byte("two"))
	second.Write([]byte("1"))
	r, err := store.Open(t.Context(), "b/f", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != "1\x00\x00\x00two" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := store.Remove(t.Context(), "b/f"); err != nil {
		t.Fatal(err)
	}
	second.Write([]byte("2"))
	if got := providertest.Tree(t, store); len(got) != 1 {
		t.Errorf("a file that was removed is back: %q", got)
	}
}

func TestDigest_isAnotherAfterEachChange(t *testing.T) {
	ctx, store := t.Context(), mem.New(nil)
	providertest.Fill(t, store, map[string]string{"a": "one", "b": "two"})
	var session *mem.Session
	for _, change := range []struct {
		what string
		do   func() error
	}{
		{"put", func() error { return store.Put(ctx, "a", providertest.Text("other")) }},
		{"resume", func() error { _, err := store.Resume(ctx, "a", providertest.Text("others")); return err }},
		{"make", func() error { return store.MakeDir(ctx, "dir") }},
		{"rename", func() error { return store.Rename(ctx, "b", "dir/b") }},
		{"remove", func() error { return store.Remove(ctx, "dir/b") }},
		{"plant", func() error { store.Plant(providers.File{Path: "link", Kind: providers.Link}, nil); return nil }},
		{"begin", func() (err error) { session, err = store.Begin("a"); return err }},
		{"write", func() error { _, err := session.Write([]byte("text")); return err }},
	} {
		before, clone := store.Digest(), store.Clone()
		if err := change.do(); err != nil {
			t.Errorf("%s: %v", change.what, err)
		}
		if store.Digest() == before {
			t.Errorf("%s: the digest is the same", change.what)
		}
		if clone.Digest() != before {
			t.Errorf("%s: the clone has another digest", change.what)
		}
	}
}
