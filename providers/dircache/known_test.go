package dircache_test

import (
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
