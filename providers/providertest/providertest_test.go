package providertest_test

import (
	"context"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func TestDiff_namesWhatIsDifferent(t *testing.T) {
	got, want := mem.New(nil), mem.New(nil)
	providertest.Fill(t, got, map[string]string{"same": "x", "vm/changed": "new", "more": "x"})
	providertest.Fill(t, want, map[string]string{"same": "x", "vm/changed": "old", "gone/file": "x"})
	diff := providertest.Diff(providertest.Tree(t, got), providertest.Tree(t, want))
	if want := []string{"- gone", "- gone/file", "+ more", "~ vm/changed"}; !slices.Equal(diff, want) {
		t.Errorf("got %q, want %q", diff, want)
	}
}

func TestDiff_ofEqualTreesIsNothing(t *testing.T) {
	tree := map[string]string{"a": "dir"}
	if diff := providertest.Diff(tree, tree); diff != nil {
		t.Errorf("got %q, want none", diff)
	}
}

func TestTree_tellsKindsAndContent(t *testing.T) {
	store := mem.New(nil)
	providertest.Fill(t, store, map[string]string{"dir/file": "abc"})
	store.Plant(providers.File{Path: "dir/link", Kind: providers.Link}, nil)
	tree := providertest.Tree(t, store)
	for p, want := range map[string]string{
		"dir":      "dir",
		"dir/file": "3 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"dir/link": "link",
	} {
		if tree[p] != want {
			t.Errorf("%s: got %q, want %q", p, tree[p], want)
		}
	}
}

// A store that cannot rename is tried and its broken rules are excepted.
func TestRun_letsAStoreExceptRules(t *testing.T) {
	var options []providertest.Option
	for _, r := range contract.Rules() {
		if err := r.Check(t.Context(), contract.Env{Store: still{mem.New(nil)}, Dir: "check"}); err != nil {
			options = append(options, providertest.Except(r.Name, "it cannot rename"))
		}
	}
	if len(options) == 0 {
		t.Fatal("no rule is broken by a store that cannot rename")
	}
	options = append(options, providertest.Sizes(0, 100), providertest.Entries(3))
	providertest.Run(t, func(*testing.T) providers.Store { return still{mem.New(nil)} }, options...)
}

type still struct{ *mem.Store }

func (still) Rename(context.Context, string, string) error { return context.DeadlineExceeded }
