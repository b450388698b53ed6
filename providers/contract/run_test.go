package contract_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func ignore(contract.Rule, error) {}

func TestRun_removesTheFoldersThatItMadeAbove(t *testing.T) {
	store := mem.New(nil)
	if err := contract.Run(t.Context(), contract.Env{Store: store, Sizes: []int64{1}, Dir: "work/deep/check"}, ignore); err != nil {
		t.Fatal(err)
	}
	files, err := store.List(t.Context(), ".")
	if err != nil || len(files) != 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestRun_keepsAFolderThatWasThereOrThatAnotherUses(t *testing.T) {
	store := mem.New(nil)
	providertest.Fill(t, store, map[string]string{"used/a": "a"})
	if err := store.Remove(t.Context(), "used/a"); err != nil {
		t.Fatal(err)
	}
	other := func(contract.Rule, error) {
		if err := store.Put(t.Context(), "new/owner", contract.Text("site")); err != nil {
			t.Error(err)
		}
	}
	for dir, report := range map[string]func(contract.Rule, error){"used": ignore, "new": other} {
		if err := contract.Run(t.Context(), contract.Env{Store: store, Sizes: []int64{1}, Dir: dir + "/check"}, report); err != nil {
			t.Error(err)
		}
		if _, err := store.Stat(t.Context(), dir); err != nil {
			t.Error(err)
		}
	}
	if _, err := store.Stat(t.Context(), "new/owner"); err != nil {
		t.Error(err)
	}
}

func TestRun_saysWhatIsLeftAndBlamesNoRuleForIt(t *testing.T) {
	below := mem.New(nil)
	store := &hooked{Store: below, remove: func(ctx context.Context, p string) error {
		if strings.HasSuffix(p, "stat-dir/a/b/c") {
			return errServer
		}
		return below.Remove(ctx, p)
	}}
	err := contract.Run(t.Context(), contract.Env{Store: store, Sizes: []int64{1}, Dir: "work/check"}, func(r contract.Rule, err error) {
		if err != nil && !skipped(err) {
			t.Errorf("%s: %v", r.Name, err)
		}
	})
	left, ok := errors.AsType[*contract.Left](err)
	if !ok || left.Dir != "work/check" || !errors.Is(err, errServer) {
		t.Errorf("got %v, want that work/check is left", err)
	}
}

func TestRun_blamesNoRuleWhereNothingCanBeWritten(t *testing.T) {
	store := &hooked{Store: mem.New(nil), put: func(context.Context, string, providers.Body) error { return errServer }}
	err := contract.Run(t.Context(), contract.Env{Store: store, Sizes: []int64{1}, Dir: "check"}, func(r contract.Rule, _ error) {
		t.Errorf("%s was tried", r.Name)
	})
	if !errors.Is(err, errServer) {
		t.Errorf("got %v, want %v", err, errServer)
	}
}

func TestRun_reportsNoRuleThatWasCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	below := mem.New(nil)
	store := &hooked{Store: below, put: func(ctx context.Context, p string, body providers.Body) error {
		if strings.Contains(p, "stat-dir") {
			cancel()
		}
		return below.Put(ctx, p, body)
	}}
	err := contract.Run(ctx, contract.Env{Store: store, Sizes: []int64{1}, Dir: "check"}, func(r contract.Rule, err error) {
		if err != nil && !skipped(err) {
			t.Errorf("%s: %v", r.Name, err)
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if tree := providertest.Tree(t, below); len(tree) != 0 {
		t.Errorf("left behind: %q", tree)
	}
}

func TestRun_removesTheEntriesOfAListingThatIsCut(t *testing.T) {
	below := mem.New(nil)
	store := &hooked{Store: below, list: func(ctx context.Context, dir string) ([]providers.File, error) {
		files, err := below.List(ctx, dir)
		if len(files) > 100 {
			return nil, providers.ErrListing
		}
		return files, err
	}}
	broken := map[string]error{}
	err := contract.Run(t.Context(), contract.Env{Store: store, Sizes: []int64{1}, Dir: "check"}, func(r contract.Rule, err error) {
		if err != nil && !skipped(err) {
			broken[r.Name] = err
		}
	})
	if err != nil || len(broken) != 1 || !errors.Is(broken["list-many"], providers.ErrListing) {
		t.Errorf("got %v and %v, want list-many alone", err, broken)
	}
	if tree := providertest.Tree(t, below); len(tree) != 0 {
		t.Errorf("left behind: %q", tree)
	}
}

func TestRun_removesWhatItSentOfALargeFolderAndNoMore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	below := mem.New(nil)
	var missing atomic.Int32
	store := &hooked{Store: below, put: func(ctx context.Context, p string, body providers.Body) error {
		if strings.HasSuffix(p, "list-many/dir/disk-100.vmdk") {
			cancel()
		}
		return below.Put(ctx, p, body)
	}, remove: func(ctx context.Context, p string) error {
		err := below.Remove(ctx, p)
		if strings.Contains(p, "list-many/dir/") && errors.Is(err, fs.ErrNotExist) {
			missing.Add(1)
		}
		return err
	}}
	err := contract.Run(ctx, contract.Env{Store: store, Dir: "check", Entries: 10000}, ignore)
	if !errors.Is(err, context.Canceled) || missing.Load() > int32(below.Traits().Sessions) {
		t.Errorf("got %v, and %d calls for files that were not there", err, missing.Load())
	}
	if tree := providertest.Tree(t, below); len(tree) != 0 {
		t.Errorf("left behind: %d entries", len(tree))
	}
}

func TestRules_sayWhatFollowsWhereTheyDoNotHold(t *testing.T) {
	names := map[string]bool{}
	for _, r := range contract.Rules() {
		names[r.Name] = true
		if r.Chapter == "" || r.Consequence == "" || strings.HasSuffix(r.Consequence+r.Advice, ".") {
			t.Errorf("%s: chapter %q, consequence %q, advice %q", r.Name, r.Chapter, r.Consequence, r.Advice)
		}
	}
	for name := range contract.Consequences {
		if !names[name] {
			t.Errorf("no rule is called %q", name)
		}
	}
}
