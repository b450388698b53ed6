package contract_test

import (
	"cmp"
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

// outcome tries all rules in turn on a store with this fault.
func outcome(t *testing.T, m mutant, env contract.Env) (broken, left []string, advice map[string]string, below *mem.Store, err error) {
	t.Helper()
	below = mem.New(nil)
	providertest.Fill(t, below, precious)
	env.Store, env.Dir, env.Sizes, env.Entries, env.Patience = careful{m.of(below)}, "check", []int64{0, 1, 1000}, 50, time.Second
	advice = map[string]string{}
	err = contract.Run(t.Context(), env, func(r contract.Rule, seen error) {
		notTried, out := errors.AsType[*contract.NotTried](seen)
		switch {
		case out:
			left = append(left, r.Name+" "+notTried.DependsOn)
		case seen != nil && !skipped(seen):
			broken = append(broken, r.Name)
			advice[r.Name] = r.Advice
		}
	})
	return broken, left, advice, below, err
}

// careful asks before it acts, as the stores of servers do.
type careful struct{ providers.Store }

func (s careful) Unwrap() providers.Store { return s.Store }

func (s careful) Rename(ctx context.Context, from, to string) error {
	for _, p := range []string{from, to} {
		if err := cmp.Or(ctx.Err(), providers.CheckPath(p)); err != nil {
			return err
		}
	}
	if _, err := s.Stat(ctx, from); err != nil {
		return err
	}
	if _, err := s.Stat(ctx, to); err == nil {
		return fs.ErrExist
	}
	return s.Store.Rename(ctx, from, to)
}

func (s careful) Remove(ctx context.Context, p string) error {
	if err := cmp.Or(ctx.Err(), providers.CheckPath(p)); err != nil {
		return err
	}
	return s.Store.Remove(ctx, p)
}

func (s careful) Put(ctx context.Context, p string, body providers.Body) error {
	if err := cmp.Or(ctx.Err(), providers.CheckPath(p)); err != nil {
		return err
	}
	return s.Store.Put(ctx, p, body)
}

func mutantNamed(t *testing.T, name string) mutant {
	t.Helper()
	i := slices.IndexFunc(mutants, func(m mutant) bool { return m.name == name })
	if i < 0 {
		t.Fatalf("no mutant %q", name)
	}
	return mutants[i]
}

func TestRun_blamesOneRuleForOneCause(t *testing.T) {
	for name, cause := range map[string]string{
		"names are read wrong in listings":        "first-listing",
		"sizes are in blocks":                     "first-size",
		"nothing can be read":                     "first-read",
		"folders are listed as files":             "first-folder",
		"nothing is removed":                      "first-remove",
		"an empty file is refused (ftp-srv)":      "put-empty",
		"no overwriting":                          "put-replaces",
		"a rename changes nothing":                "rename-file",
		"no rename of folders":                    "rename-directory",
		"files stay in their folders":             "rename-file-across",
		"folders with blanks stay where they are": "rename-names",
		"blanks become underscores":               "names-plain",
	} {
		t.Run(name, func(t *testing.T) {
			broken, left, _, below, err := outcome(t, mutantNamed(t, name), contract.Env{})
			if !slices.Equal(broken, []string{cause}) {
				t.Errorf("got %q broken, want %s alone", broken, cause)
			}
			for _, l := range left {
				if rule, on, _ := strings.Cut(l, " "); on == "" {
					t.Errorf("%s was left out for nothing", rule)
				}
			}
			if name == "nothing is removed" {
				return
			}
			if tree := providertest.Tree(t, below.Clone()); err != nil || len(tree) != len(providertest.Tree(t, filled(t))) {
				t.Errorf("left behind: %v, %q", err, tree)
			}
		})
	}
}

func filled(t *testing.T) *mem.Store {
	m := mem.New(nil)
	providertest.Fill(t, m, precious)
	return m
}

func TestRun_advisesInPlaceOnlyWhereItHelps(t *testing.T) {
	const inPlace = `set publish = "in_place"`
	_, _, advice, _, _ := outcome(t, mutantNamed(t, "no rename of folders"), contract.Env{})
	if got := advice["rename-directory"]; !strings.Contains(got, inPlace) {
		t.Errorf("got %q, want %q", got, inPlace)
	}
	both := hook(func(s *hooked, m *mem.Store) {
		s.rename = mutantNamed(t, "files stay in their folders").of(m).(*hooked).rename
		files := s.rename
		folders := mutantNamed(t, "no rename of folders").of(m).(*hooked).rename
		s.rename = func(ctx context.Context, from, to string) error {
			if f, err := m.Stat(ctx, from); err == nil && f.Kind == providers.Dir {
				return folders(ctx, from, to)
			}
			return files(ctx, from, to)
		}
	})
	_, _, advice, _, _ = outcome(t, mutant{of: both}, contract.Env{})
	if got := advice["rename-directory"]; got == "" || strings.Contains(got, inPlace) {
		t.Errorf("got %q, want advice that helps", got)
	}
}

func TestRules_needOnlyWhatCameBefore(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range contract.Rules() {
		for _, name := range r.Needs {
			if !seen[name] {
				t.Errorf("%s needs %s, which is not tried before it", r.Name, name)
			}
		}
		seen[r.Name] = true
	}
	for name := range contract.RuleNeeds {
		if !seen[name] {
			t.Errorf("no rule is called %q", name)
		}
	}
}

func TestRun_endsWhenItsTimeIsOver(t *testing.T) {
	over := make(chan time.Time)
	slow := putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		if strings.Contains(p, "put-parents/") {
			close(over)
			<-ctx.Done()
			return ctx.Err()
		}
		return m.Put(ctx, p, body)
	})
	broken, left, _, below, err := outcome(t, mutant{of: slow}, contract.Env{Over: over})
	if err != nil || len(broken) != 0 || !slices.Contains(left, "put-parents ") || !slices.Contains(left, "cancel-put ") || slices.Contains(left, "put-bytes ") {
		t.Errorf("got %v, broken %q, not tried %q", err, broken, left)
	}
	if tree := providertest.Tree(t, below.Clone()); len(tree) != len(providertest.Tree(t, filled(t))) {
		t.Errorf("left behind: %q", tree)
	}
}

func TestRun_removesByNameWhatNoListingShows(t *testing.T) {
	blind := listing(func(_ string, _ []providers.File, err error) ([]providers.File, error) { return nil, err })
	broken, _, _, below, err := outcome(t, mutant{of: blind}, contract.Env{})
	if err != nil || !slices.Equal(broken, []string{"first-listing"}) {
		t.Errorf("got %v, broken %q", err, broken)
	}
	if tree := providertest.Tree(t, below.Clone()); len(tree) != len(providertest.Tree(t, filled(t))) {
		t.Errorf("left behind: %q", tree)
	}
}
