package providertest

import (
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
)

// Tree is all that store holds: "dir", "link" or "other" by path, and for
// files "SIZE SHA256". Two stores with equal trees hold the same; times are no
// part of it. It reads all content.
func Tree(t testing.TB, store providers.Store) map[string]string {
	t.Helper()
	tree := map[string]string{}
	if err := grow(t, store, tree, "."); err != nil {
		t.Fatalf("tree: %v", err)
	}
	return tree
}

func grow(t testing.TB, store providers.Store, tree map[string]string, dir string) error {
	files, err := store.List(t.Context(), dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if tree[f.Path], err = leaf(t, store, f); err != nil {
			return err
		}
		if f.Kind != providers.Dir {
			continue
		}
		if err := grow(t, store, tree, f.Path); err != nil {
			return err
		}
	}
	return nil
}

func leaf(t testing.TB, store providers.Store, f providers.File) (string, error) {
	if f.Kind != providers.Regular {
		return string(f.Kind), nil
	}
	r, err := store.Open(t.Context(), f.Path, 0)
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	return fmt.Sprintf("%d %x", n, sum.Sum(nil)), err
}

// Diff tells in sorted lines what is different in got: "+ path" for what only
// got holds, "- path" for what it lacks, "~ path" for other content. No lines:
// the trees are equal.
func Diff(got, want map[string]string) []string {
	paths := slices.Sorted(maps.Keys(got))
	for p := range want {
		if _, ok := got[p]; !ok {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	var lines []string
	for _, p := range paths {
		if sign := change(got, want, p); sign != "" {
			lines = append(lines, sign+" "+p)
		}
	}
	return lines
}

func change(got, want map[string]string, p string) string {
	g, here := got[p]
	w, there := want[p]
	switch {
	case !there:
		return "+"
	case !here:
		return "-"
	case g != w:
		return "~"
	}
	return ""
}
