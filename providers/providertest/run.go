package providertest

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
)

// Option changes how Run tries a store.
type Option func(*run)

type run struct {
	env      contract.Env
	excepted map[string]string
	leaks    bool
	inTurn   bool
}

// Sizes are those of the files that must come back byte by byte.
func Sizes(sizes ...int64) Option { return func(r *run) { r.env.Sizes = sizes } }

// Entries is the size of the directory that must be listed whole.
func Entries(n int) Option { return func(r *run) { r.env.Entries = n } }

// Except names a rule that this store breaks, and why. The rule is still
// tried: once it holds, the test fails, so that no exception outlives its
// reason.
func Except(rule, why string) Option { return func(r *run) { r.excepted[rule] = why } }

// In is the folder that the rules are tried in, a path below the root.
func In(dir string) Option { return func(r *run) { r.env.Dir = dir } }

// InTurn tries the table on one store only: for servers whose logins are slow.
func InTurn() Option { return func(r *run) { r.inTurn = true } }

// NoLeaks demands that a closed store leaves no goroutine behind. It is not
// for stores whose server runs in this process.
func NoLeaks() Option { return func(r *run) { r.leaks = true } }

// Run tries every rule of the contract, each on a store of its own that open
// makes and Run closes. Rules that are not applicable are skipped with their
// reason. At the end the whole table is tried once more in turn on one store,
// the way `vmxsync check` does it: where tests are Thin, only so.
func Run(t *testing.T, open func(t *testing.T) providers.Store, options ...Option) {
	t.Helper()
	r := &run{env: contract.Env{Dir: "contract"}, excepted: map[string]string{}}
	for _, o := range options {
		o(r)
	}
	for _, rule := range contract.Rules() {
		if r.inTurn || Thin() {
			break
		}
		t.Run(rule.Name, func(t *testing.T) {
			env := r.begin(t, open)
			r.judge(t, rule, rule.Check(t.Context(), env))
			clean(t, env)
		})
	}
	t.Run("in-turn", func(t *testing.T) {
		env := r.begin(t, open)
		judge := func(rule contract.Rule, err error) {
			t.Run(rule.Name, func(t *testing.T) { r.judge(t, rule, err) })
		}
		if err := contract.Run(t.Context(), env, judge); err != nil {
			t.Error(err)
		}
	})
}

// begin opens a store that is closed, and proven to leave nothing behind,
// after all that open registered.
func (r *run) begin(t *testing.T, open func(t *testing.T) providers.Store) contract.Env {
	t.Helper()
	if r.leaks {
		before := goleak.IgnoreCurrent()
		t.Cleanup(func() { goleak.VerifyNone(t, before) })
	}
	env := r.env
	env.Store = open(t)
	t.Cleanup(func() {
		if err := env.Store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return env
}

func (r *run) judge(t *testing.T, rule contract.Rule, err error) {
	t.Helper()
	var skip *contract.NotApplicable
	var left *contract.NotTried
	why, excepted := r.excepted[rule.Name]
	switch {
	case errors.As(err, &left) && r.excepted[left.DependsOn] != "":
		t.Skip(err)
	case errors.As(err, &skip):
		t.Skip(err)
	case excepted && err == nil:
		t.Errorf("%s: holds, but was excepted: %s", rule.Promise, why)
	case excepted:
		t.Skipf("excepted, %s: %v", why, err)
	case err != nil:
		t.Errorf("%s: %v", rule.Promise, err)
	}
}

func clean(t *testing.T, env contract.Env) {
	t.Helper()
	if err := contract.Sweep(context.WithoutCancel(t.Context()), env.Store, env.Dir); err != nil {
		t.Error(err)
	}
}
