package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/rules"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

// errOver is the cause of a trial that env.Over has ended.
var errOver = errors.New("the time limit of the check was reached")

// Run tries all rules in turn and reports each: nil where it holds, a
// *NotApplicable, a *NotTried where a rule that it needs does not hold or
// env.Over came, or what was seen instead. Its own error means that the trial
// could not be begun, was cancelled, or has left something behind: a *Left. The
// folders above env.Dir that it had to make are removed as well.
func Run(ctx context.Context, env Env, report func(Rule, error)) error {
	env = env.withDefaults()
	limited, stop := env.limited(ctx)
	defer stop()
	if err := vacant(limited, env.Store, env.Dir); err != nil {
		return late(limited, err)
	}
	made, err := missingAbove(limited, env.Store, env.Dir)
	if err != nil {
		return late(limited, err)
	}
	if err = late(limited, begin(limited, env)); err == nil {
		tryAll(ctx, limited, env, report)
		err = ctx.Err()
	}
	return errors.Join(err, clearAway(limited, env, made))
}

// limited is ctx that also ends with env.Over.
func (e Env) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	limited, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-e.Over:
			cancel(errOver)
		case <-limited.Done():
		}
	}()
	return limited, func() { cancel(nil); <-done }
}

func isOver(limited context.Context) bool { return errors.Is(context.Cause(limited), errOver) }

// late names env.Over where that is why a call failed.
func late(limited context.Context, err error) error {
	if err != nil && isOver(limited) {
		return errOver
	}
	return err
}

// begin writes one small file: where that fails, no rule can be tried.
func begin(ctx context.Context, env Env) error {
	env.made.Note(path.Join(env.Dir, "begin"))
	if err := env.Store.Put(ctx, path.Join(env.Dir, "begin"), bodies.Text("begin")); err != nil {
		return fmt.Errorf("the place is not writable: %w", err)
	}
	return nil
}

// tryAll reports nothing of a rule that was cancelled. What a rule leaves is
// for the end to tell: it says nothing about the rule.
func tryAll(ctx, limited context.Context, env Env, report func(Rule, error)) {
	failed := map[string]string{}
	for _, r := range Rules() {
		seen := r.inTurn(limited, env, failed)
		if ctx.Err() != nil {
			return
		}
		_, skipped := errors.AsType[*NotApplicable](seen)
		left, notTried := errors.AsType[*NotTried](seen)
		switch {
		case notTried:
			failed[r.Name] = left.DependsOn
		case seen != nil && !skipped:
			failed[r.Name] = r.Name
		}
		r.Advice = rules.Advice(r.Name, r.Advice, failed)
		report(r, seen)
	}
}

// inTurn tries a rule after others. Of those that failed, or were not tried,
// failed has the one that began it.
func (r Rule) inTurn(ctx context.Context, env Env, failed map[string]string) error {
	if isOver(ctx) {
		return &NotTried{}
	}
	for _, name := range r.Needs {
		if first := failed[name]; first != "" {
			return &NotTried{DependsOn: first}
		}
	}
	env.Dir = path.Join(env.Dir, r.Name)
	seen := r.attempt(ctx, env)
	if seen != nil && isOver(ctx) {
		return &NotTried{}
	}
	_ = Sweep(ctx, env.Store, env.Dir)
	return seen
}

// Left is the error of a trial that could not be swept away.
type Left struct {
	Dir string // what is still there, a path below the root
	Err error  // why
}

func (l *Left) Error() string { return fmt.Sprintf("%s could not be cleaned up: %v", l.Dir, l.Err) }
func (l *Left) Unwrap() error { return l.Err }

// clearAway removes env.Dir and then the folders above it that the trial made,
// unless somebody else has put something there.
func clearAway(ctx context.Context, env Env, made []string) error {
	ctx, cancel := trial.Farewell(ctx, env.Grace)
	defer cancel()
	if err := sweepByName(ctx, env, Sweep(ctx, env.Store, env.Dir)); err != nil {
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
