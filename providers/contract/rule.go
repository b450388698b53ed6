package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/rules"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

// Rule is one promise of providers.Store and the way to try it.
type Rule struct {
	// Name is stable, unique and fit for a path element: "rename-onto-file".
	Name string
	// Chapter is what the rule and its neighbours are about: "renames".
	Chapter string
	// Promise is one clause that says what holds.
	Promise string
	// Consequence is one clause that says what vmxsync does at a place that
	// breaks the rule.
	Consequence string
	// Advice is what the owner of a place that breaks the rule can do; "" where
	// nothing but another server or an update helps.
	Advice string
	// Needs are the names of the rules without which this one says nothing. They
	// come before it in the table.
	Needs []string

	try func(ctx context.Context, t *trial.Trial)
}

// Rules returns the table, in the order in which to try it: a rule relies only
// on what the rules before it have shown.
func Rules() []Rule {
	var all []Rule
	for _, chapter := range rules.Chapters() {
		for _, c := range chapter.Clauses {
			all = append(all, Rule{c.Name, chapter.Name, c.Promise, consequence(c.Name), c.Advice, needs(chapter.Name, c.Name), c.Try})
		}
	}
	return all
}

// Env is where a rule is tried, and how hard.
type Env struct {
	Store providers.Store
	// Dir is the scratch folder, a path below the root that is not there yet.
	// Its last element is made by the rules, and so are missing parents.
	Dir string
	// Sizes of the files that must come back byte by byte; nil: DefaultSizes.
	Sizes []int64
	// Entries of the directory that must be listed whole; 0: 300.
	Entries int
	// Patience is how long a call may take that was cancelled, and the small
	// calls of many goroutines together; 0: one minute.
	Patience time.Duration
	// Grace is how long the sweeping may take once the context is done, or Over;
	// 0: as long as Patience.
	Grace time.Duration
	// Over ends the trial where it is: what was not tried is reported as that.
	// nil: never.
	Over <-chan time.Time

	made *trial.Ledger
}

// DefaultSizes has nothing, one byte, a few packets, a socket buffer, one byte
// more than a power of two, and more than all buffers on the way: the end that
// servers lose under TLS.
var DefaultSizes = []int64{0, 1, 14 << 10, 64 << 10, 1<<20 + 1, 8 << 20}

func (e Env) withDefaults() Env {
	if e.Sizes == nil {
		e.Sizes = DefaultSizes
	}
	if e.Entries == 0 {
		e.Entries = 300
	}
	if e.Patience == 0 {
		e.Patience = time.Minute
	}
	if e.Grace == 0 {
		e.Grace = e.Patience
	}
	if e.made == nil {
		e.made = &trial.Ledger{}
	}
	return e
}

// NotApplicable is the error of a rule that cannot be tried at a place.
type NotApplicable = trial.NotApplicable

// Check tries the rule in the folder Name below env.Dir, which must not be
// there, and sweeps that folder away afterwards, also when ctx is done.
func (r Rule) Check(ctx context.Context, env Env) error {
	env = env.withDefaults()
	env.Dir = path.Join(env.Dir, r.Name)
	err := r.attempt(ctx, env)
	return errors.Join(err, sweepAnyway(ctx, env))
}

// attempt tries the rule in env.Dir, and leaves there what it made.
func (r Rule) attempt(ctx context.Context, env Env) error {
	if err := vacant(ctx, env.Store, env.Dir); err != nil {
		return err
	}
	t := &trial.Trial{Place: trial.Place{
		Store: env.Store, Dir: env.Dir, Sizes: env.Sizes, Entries: env.Entries, Patience: env.Patience, Grace: env.Grace, Made: env.made,
	}}
	r.try(ctx, t)
	return t.Err
}

// vacant proves that dir is ours to make and to sweep.
func vacant(ctx context.Context, store providers.Store, dir string) error {
	if err := providers.CheckPath(dir); err != nil {
		return err
	}
	if dir == "." {
		return fmt.Errorf("the root cannot be used as scratch folder: %w", providers.ErrName)
	}
	_, err := store.Stat(ctx, dir)
	if err == nil {
		return fmt.Errorf("scratch folder %s: %w", dir, fs.ErrExist)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
