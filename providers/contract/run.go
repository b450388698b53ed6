package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
)

// Run tries all rules in turn and reports each: nil where it holds, a
// *NotApplicable, or what was seen instead. Its own error means that the trial
// could not be begun, was cancelled, or has left something behind: a *Left. The
// folders above env.Dir that it had to make are removed as well.
func Run(ctx context.Context, env Env, report func(Rule, error)) error {
	env = env.withDefaults()
	if err := vacant(ctx, env.Store, env.Dir); err != nil {
		return err
	}
	made, err := missingAbove(ctx, env.Store, env.Dir)
	if err != nil {
		return err
	}
	if err = begin(ctx, env); err == nil {
		tryAll(ctx, env, report)
		err = ctx.Err()
	}
	return errors.Join(err, clearAway(ctx, env, made))
}

// begin writes one small file: where that fails, no rule can be tried.
func begin(ctx context.Context, env Env) error {
	if err := env.Store.Put(ctx, path.Join(env.Dir, "begin"), Text("begin")); err != nil {
		return fmt.Errorf("nothing can be written there: %w", err)
	}
	return nil
}

// tryAll reports nothing of a rule that was cancelled. What a rule leaves is
// for the end to tell: it says nothing about the rule.
func tryAll(ctx context.Context, env Env, report func(Rule, error)) {
	for _, r := range Rules() {
		own := env
		own.Dir = path.Join(env.Dir, r.Name)
		seen := r.attempt(ctx, own)
		if ctx.Err() != nil {
			return
		}
		_ = Sweep(ctx, env.Store, own.Dir)
		report(r, seen)
	}
}

// Left is the error of a trial that could not be swept away.
type Left struct {
	Dir string // what is still there, a path below the root
	Err error  // why
}

func (l *Left) Error() string { return fmt.Sprintf("%s is left behind: %v", l.Dir, l.Err) }
func (l *Left) Unwrap() error { return l.Err }

// clearAway removes env.Dir and then the folders above it that the trial made,
// unless somebody else has put something there.
func clearAway(ctx context.Context, env Env, made []string) error {
	ctx, cancel := env.farewell(ctx)
	defer cancel()
	if err := Sweep(ctx, env.Store, env.Dir); err != nil {
		return &Left{env.Dir, err}
	}
	for _, dir := range made {
		files, err := env.Store.List(ctx, dir)
		if errors.Is(err, fs.ErrNotExist) || len(files) > 0 {
			return nil
		}
		if err == nil {
			err = swept(env.Store.Remove(ctx, dir))
		}
		if err != nil {
			return &Left{dir, err}
		}
	}
	return nil
}

// missingAbove lists the folders above dir that are not there, the deepest
// first.
func missingAbove(ctx context.Context, store providers.Store, dir string) ([]string, error) {
	var missing []string
	for p := path.Dir(dir); p != "."; p = path.Dir(p) {
		_, err := store.Stat(ctx, p)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		missing = append(missing, p)
	}
	return missing, nil
}
