package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/checkup"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

type checkFlags struct {
	given
	vars    []hclconfig.VarArg
	entries int
	timeout time.Duration
	json    bool
	timer   func(time.Duration) <-chan time.Time // when the check has to end
}

func checkCommand(env *session.Env, out *ui.UI, timer func(time.Duration) <-chan time.Time) *cli.Command {
	f := &checkFlags{timer: timer}
	return &cli.Command{
		Name:      "check",
		Usage:     "test a server against the rules that vmxsync relies on",
		ArgsUsage: "DESTINATION",
		Description: "Tries each rule at the destination in a folder of its own below the work folder, which it\n" +
			"deletes afterwards, and touches nothing else. For each rule that does not hold, it prints\n" +
			"what was seen, what vmxsync does about it, and what you can do. Rules that depend on such a\n" +
			"rule are not tried. Takes a minute at most and needs no source.\n\n" +
			"   vmxsync check nas\n" +
			"   vmxsync check nas -verbosity=info  (lists each rule and each fact)\n" +
			"   vmxsync check nas -entries=12000   (finds truncated listings; takes minutes)\n" +
			"   vmxsync check nas -json",
		CustomHelpTemplate: exitCodes("2    a rule does not hold", "130  interrupted; a folder that is left behind is named"),
		Flags:              f.flags(),
		Action:             func(c *cli.Context) error { f.given = givenTo(c); return check(c.Context, env, out, *f) },
	}
}

// The time limits of the rules of the contract: a slow server is not a broken one,
// and an interrupt has to end.
const (
	checkPatience = 5 * time.Minute
	checkGrace    = 15 * time.Second
	checkTime     = time.Minute // all of it, with the grace
)

// entriesPerSecond is how many files the slowest server of a network stores, lists
// and deletes.
const entriesPerSecond = 20

// The files of the largest folder that is tried.
const (
	checkEntries    = 300
	maxCheckEntries = 1_000_000
)

func (f *checkFlags) flags() []cli.Flag {
	return append(varFlags(&f.vars),
		&cli.IntFlag{Name: "entries", Destination: &f.entries, Usage: "put `N` files into one folder; 12000 finds a server that truncates listings at 10,000", Value: checkEntries},
		&cli.DurationFlag{Name: "timeout", Destination: &f.timeout, Usage: "stop after `DURATION` and report which rules were not tried (default: 1m, longer with more -entries)"},
		jsonFlag(&f.json, "print one JSON document"),
	)
}

// end returns a channel for the time when the rules have to end; the rest of the
// limit is for the cleanup.
func (f checkFlags) end() (<-chan time.Time, error) {
	limit := checkTime + time.Duration(max(0, f.entries-checkEntries)/entriesPerSecond)*time.Second
	if f.set("timeout") {
		limit = f.timeout
	}
	if limit <= checkGrace {
		return nil, failure.Usage(fmt.Errorf("-timeout=%s is too short", limit), fmt.Sprintf("Give it more than %s, which are reserved for cleaning up.", checkGrace))
	}
	if f.timer == nil {
		f.timer = time.After
	}
	return f.timer(limit - checkGrace), nil
}

func check(ctx context.Context, env *session.Env, out *ui.UI, f checkFlags) error {
	name, err := f.destinationArgument()
	if err != nil {
		return err
	}
	if n := f.entries; n < 1 || n > maxCheckEntries {
		return failure.Usage(fmt.Errorf("-entries=%d is not between 1 and %d", n, maxCheckEntries), fmt.Sprintf("The default is %d.", checkEntries))
	}
	catchSIGPIPE()
	env.Probing = true
	over, err := f.end()
	if err != nil {
		return err
	}
	config, err := env.Configuration(f.vars)
	if err != nil {
		return err
	}
	d, err := destination(config.Spec, name)
	if err != nil {
		return err
	}
	store, err := env.Open(ctx, d.Name, d.Type, d.Settings, config.Secrets)
	if err != nil {
		return unchecked(d, err)
	}
	defer store.Close()
	facts, over, err := describeInTime(ctx, env, over, d, store)
	if err != nil {
		return unchecked(d, err)
	}
	t, p := checkup.New(d, facts), checkup.Printer{UI: out}
	p.Head(t)
	err = tryRules(ctx, p, t, d, store, f.entries, over)
	return finishCheck(ctx, p, t, err)
}

func (f checkFlags) destinationArgument() (string, error) {
	switch len(f.args) {
	case 0:
		return "", failure.Usage(errors.New("no destination given"), "Write vmxsync check DESTINATION, with the name of a destination in the configuration.")
	case 1:
		return f.first(), nil
	}
	return "", failure.Usage(f.tooMany(), "vmxsync check takes one destination.")
}

func unchecked(d config.Destination, err error) error {
	if errors.Is(err, context.Canceled) {
		return failure.New("Interrupted", failure.Reworded("the check had not begun", err))
	}
	return failure.New("The destination cannot be checked", fmt.Errorf("%s: %w", d.Name, err))
}

// describeInTime is describe with a time limit: it ends with over, and returns it for the
// steps that follow.
func describeInTime(ctx context.Context, env *session.Env, over <-chan time.Time, d config.Destination, store providers.Store) ([]providers.Fact, <-chan time.Time, error) {
	limited, cancel := context.WithCancel(ctx)
	defer cancel()
	var facts []providers.Fact
	var err error
	described := make(chan struct{})
	go func() { defer close(described); facts, err = describe(limited, env, d, store) }()
	select {
	case <-described:
		return facts, over, err
	case <-over:
		cancel()
		<-described
		if err == nil {
			err = context.DeadlineExceeded
		}
		if ctx.Err() == nil {
			err = failure.Hinted(failure.Reworded("the server did not answer the first requests in time; nothing is left behind", err), moreTimeHint)
		}
		return nil, nil, err
	}
}

// moreTimeHint is the hint of a check whose time ran out.
const moreTimeHint = "Give it more time: -timeout=10m."

// describe makes sure that this is the right place, and asks the store for its facts.
func describe(ctx context.Context, env *session.Env, d config.Destination, store providers.Store) ([]providers.Fact, error) {
	if err := checkMounted(ctx, env, d, store); err != nil {
		return nil, err
	}
	noteEarlierChecks(ctx, env, d, store)
	if describer, ok := providers.As[providers.Describer](store); ok {
		return describer.Facts(ctx)
	}
	return nil, nil
}

// checkMounted refuses the empty mount point of a disk.
func checkMounted(ctx context.Context, env *session.Env, d config.Destination, store providers.Store) error {
	if _, local := providers.As[providers.Folder](store); !local {
		return nil
	}
	owner, err := read.Owner(ctx, store, state.WorkDir(d.WorkDir))
	if err != nil && !errors.Is(err, state.ErrTorn) {
		return err
	}
	return session.Mounted(env, false, d, store, state.Inventory{Owner: owner}, nil)
}

// scratchPrefix begins the names of the folders in which rules are tried.
const scratchPrefix = "check-"

// noteEarlierChecks warns of the folder that a killed check has left behind. It may
// be in use by another check, and is not touched. A folder that cannot be listed is
// reported by the rules.
func noteEarlierChecks(ctx context.Context, env *session.Env, d config.Destination, store providers.Store) {
	files, _ := store.List(ctx, d.WorkDir)
	for _, f := range files {
		if strings.HasPrefix(f.Name(), scratchPrefix) {
			env.Report.Warn("Folder of another check", fmt.Sprintf("%s: unless another check is running now, %s was left by a check that was killed, and can be deleted.",
				d.Name, providers.Escape(f.Path)), "")
		}
	}
}

// tryRules runs the contract. It ends early if the place can no longer be reached:
// then no rule is to blame.
func tryRules(ctx context.Context, p checkup.Printer, t *checkup.Report, d config.Destination, store providers.Store, entries int, over <-chan time.Time) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	before := store.Traits().Sessions
	err := contract.Run(ctx, contract.Env{
		Store:    store,
		Dir:      path.Join(d.WorkDir, scratchPrefix+session.NewRunID(time.Now())),
		Entries:  entries,
		Patience: checkPatience,
		Grace:    checkGrace,
		Over:     over,
	}, func(r contract.Rule, seen error) {
		if endsCheck(seen) {
			stop(fmt.Errorf("the check stopped at %s: %w", r.Name, seen))
			return
		}
		p.Rule(t, t.Add(r, seen))
	})
	p.End(t)
	if left, ok := errors.AsType[*contract.Left](err); ok {
		t.Left = left.Dir
	}
	if after := store.Traits().Sessions; after < before {
		t.AddSessions(before, after)
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// endsCheck reports whether an error is not about a single rule.
func endsCheck(err error) bool {
	return errors.Is(err, providers.ErrUnreachable) || errors.Is(err, providers.ErrLogin) || errors.Is(err, providers.ErrFull)
}

// finishCheck prints the result. Broken rules have been printed already; if a
// folder is left behind as well, that is printed, and the rules decide the exit code.
func finishCheck(ctx context.Context, p checkup.Printer, t *checkup.Report, err error) error {
	_, left := errors.AsType[*contract.Left](err)
	switch {
	case ctx.Err() != nil:
		return failure.New("Interrupted", t.Stopped(ctx.Err(), "the check was not finished"))
	case err != nil && !left:
		return failure.New("The destination cannot be checked", t.Stopped(err, fmt.Sprintf("%s: %v", t.Destination, err)))
	}
	if printErr := p.Verdict(t); printErr != nil {
		return printErr
	}
	var leftErr error
	if left {
		p.JSON = false // the document has been printed
		leftErr = failure.New("The check left a folder behind", failure.Hinted(err, t.Removal()))
	}
	switch {
	case t.Summary.Broken > 0:
		p.Fail(leftErr)
		return failure.Broken
	case t.Late:
		p.Fail(leftErr)
		p.JSON = false
		return failure.New("The check was not finished", failure.Hinted(fmt.Errorf("%s: its time ran out, and %s", t.Destination, t.Summary.Untried()), moreTimeHint))
	}
	return leftErr
}
