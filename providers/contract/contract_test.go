package contract_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// precious lies beside the scratch folder of every trial.
var precious = map[string]string{"precious": "text", "web01/2026-11-21-010000/disk.vmdk": "disk"}

func TestRules_catchAStoreThatBreaksThem(t *testing.T) {
	caught := map[string]bool{}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			for _, name := range strings.Fields(m.breaks) {
				caught[name] = true
				if err := tryMutant(t, m, ruleNamed(t, name)); err == nil || skipped(err) {
					t.Errorf("%s: got %v, want that it is broken", name, err)
				}
			}
		})
	}
	for _, r := range contract.Rules() {
		if !caught[r.Name] {
			t.Errorf("%s: no store here breaks it", r.Name)
		}
	}
}

func TestRules_touchNothingOutsideEvenInAStoreThatBreaksThem(t *testing.T) {
	for i, m := range mutants {
		for j, r := range contract.Rules() {
			if providertest.Thin() && (i+j)%8 != 0 {
				continue
			}
			big := strings.HasPrefix(r.Name, "cancel-")
			if big && !slices.Contains(strings.Fields(m.breaks), r.Name) {
				continue
			}
			_ = tryMutant(t, m, r)
		}
	}
}

// tryMutant tries one rule and demands that all beside its folder stays.
func tryMutant(t *testing.T, m mutant, r contract.Rule) error {
	t.Helper()
	below := mem.New(nil)
	providertest.Fill(t, below, precious)
	before := providertest.Tree(t, below)
	err := r.Check(t.Context(), contract.Env{
		Store: m.of(below), Dir: "scratch/check",
		Sizes: []int64{0, 1, 1000}, Entries: 200, Patience: 200 * time.Millisecond,
	})
	after := providertest.Tree(t, below.Clone())
	for p := range after {
		if p == "scratch" || strings.HasPrefix(p, "scratch/") {
			delete(after, p)
		}
	}
	if diff := providertest.Diff(after, before); diff != nil {
		t.Errorf("%s on %q changed %q", r.Name, m.name, diff)
	}
	return err
}

func ruleNamed(t *testing.T, name string) contract.Rule {
	t.Helper()
	for _, r := range contract.Rules() {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no rule %q", name)
	return contract.Rule{}
}

func skipped(err error) bool {
	var skip *contract.NotApplicable
	return errors.As(err, &skip)
}

func TestRules_haveNamesFitForPaths(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range contract.Rules() {
		if providers.CheckName(r.Name) != nil || r.Name != strings.ToLower(r.Name) || seen[r.Name] {
			t.Errorf("%q is no name for a rule, or is there twice", r.Name)
		}
		if r.Promise == "" {
			t.Errorf("%s promises nothing", r.Name)
		}
		seen[r.Name] = true
	}
}

func TestCheck_saysWhyARuleIsNotApplicable(t *testing.T) {
	store := refusing{mem.New(nil)}
	err := ruleNamed(t, "names-reserved").Check(t.Context(), contract.Env{Store: store, Dir: "check"})
	var skip *contract.NotApplicable
	if !errors.As(err, &skip) || !strings.Contains(skip.Because, "refuses the name") {
		t.Errorf("got %v, want a reason why the rule is not applicable", err)
	}
}

// refusing holds no names that Windows cannot hold.
type refusing struct{ *mem.Store }

func (s refusing) Put(ctx context.Context, p string, body providers.Body) error {
	if strings.ContainsAny(p, `"*:<>?|`) {
		return providers.ErrName
	}
	return s.Store.Put(ctx, p, body)
}

func TestRun_reportsEveryRuleOnceAndLeavesNothing(t *testing.T) {
	store := mem.New(nil)
	providertest.Fill(t, store, precious)
	before := providertest.Tree(t, store)
	var got []string
	err := contract.Run(t.Context(), contract.Env{Store: store, Dir: "check"}, func(r contract.Rule, err error) {
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		got = append(got, r.Name)
	})
	if err != nil || len(got) != len(contract.Rules()) {
		t.Errorf("got %d rules, %v, want %d", len(got), err, len(contract.Rules()))
	}
	if diff := providertest.Diff(providertest.Tree(t, store), before); diff != nil {
		t.Errorf("left behind: %q", diff)
	}
}

func TestRun_refusesAFolderThatIsThere(t *testing.T) {
	for _, dir := range []string{"web01", "precious", ".", "../web01", ""} {
		store := mem.New(nil)
		providertest.Fill(t, store, precious)
		before := providertest.Tree(t, store)
		err := contract.Run(t.Context(), contract.Env{Store: store, Dir: dir}, func(r contract.Rule, _ error) {
			t.Errorf("%q: %s was tried", dir, r.Name)
		})
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, providers.ErrName) {
			t.Errorf("%q: got %v, want a refusal", dir, err)
		}
		if diff := providertest.Diff(providertest.Tree(t, store), before); diff != nil {
			t.Errorf("%q: changed %q", dir, diff)
		}
	}
}

func TestRun_sweepsAfterACancel(t *testing.T) {
	store := mem.New(nil)
	ctx, cancel := context.WithCancel(t.Context())
	var tried int
	err := contract.Run(ctx, contract.Env{Store: store, Dir: "check"}, func(contract.Rule, error) {
		if tried++; tried == 10 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || tried != 10 {
		t.Errorf("got %v after %d rules, want %v after 10", err, tried, context.Canceled)
	}
	if tree := providertest.Tree(t, store); len(tree) != 0 {
		t.Errorf("left behind: %q", tree)
	}
}

func TestSweep_stopsAtAnEntryFromElsewhere(t *testing.T) {
	store := misplacing{mem.New(nil)}
	providertest.Fill(t, store.Store, map[string]string{"check/a": "a", "precious": "text"})
	if err := contract.Sweep(t.Context(), store, "check"); err == nil {
		t.Error("got no error")
	}
	if _, err := store.Stat(t.Context(), "precious"); err != nil {
		t.Error(err)
	}
}

// misplacing lists what lies elsewhere.
type misplacing struct{ *mem.Store }

func (s misplacing) List(ctx context.Context, dir string) ([]providers.File, error) {
	return []providers.File{{Path: "precious", Kind: providers.Regular}}, nil
}

func TestSweep_entersNoLink(t *testing.T) {
	store := mem.New(nil)
	providertest.Fill(t, store, map[string]string{"check/a/b": "b", "precious/a": "a"})
	store.Plant(providers.File{Path: "check/link", Kind: providers.Link}, nil)
	if err := contract.Sweep(t.Context(), store, "check"); err != nil {
		t.Fatal(err)
	}
	want := mem.New(nil)
	providertest.Fill(t, want, map[string]string{"precious/a": "a"})
	if diff := providertest.Diff(providertest.Tree(t, store), providertest.Tree(t, want)); diff != nil {
		t.Errorf("got %q", diff)
	}
}
