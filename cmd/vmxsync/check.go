package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

func (p *process) checkCommand() *cli.Command {
	var args arguments
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
		Flags:              append(varFlags(&args.vars), checkFlags()...),
		Action:             func(c *cli.Context) error { return p.check(c, args) },
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

func checkFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "entries", Usage: "put `N` files into one folder; 12000 finds a server that truncates listings at 10,000", Value: checkEntries},
		&cli.DurationFlag{Name: "timeout", Usage: "stop after `DURATION` and report which rules were not tried (default: 1m, longer with more -entries)"},
		jsonFlag("print one JSON document"),
	}
}

// checkEnd returns a channel for the time when the rules have to end; the rest of the
// limit is for the cleanup.
func (p *process) checkEnd(c *cli.Context) (<-chan time.Time, error) {
	limit := checkTime + time.Duration(max(0, c.Int("entries")-checkEntries)/entriesPerSecond)*time.Second
	if c.IsSet("timeout") {
		limit = c.Duration("timeout")
	}
	if limit <= checkGrace {
		return nil, wrongUsage(fmt.Errorf("-timeout=%s is too short", limit), fmt.Sprintf("Give it more than %s, which are reserved for cleaning up.", checkGrace))
	}
	timer := p.timer
	if timer == nil {
		timer = time.After
	}
	return timer(limit - checkGrace), nil
}

func (p *process) check(c *cli.Context, args arguments) error {
	name, err := destinationArgument(c)
	if err != nil {
		return err
	}
	if n := c.Int("entries"); n < 1 || n > maxCheckEntries {
		return wrongUsage(fmt.Errorf("-entries=%d is not between 1 and %d", n, maxCheckEntries), fmt.Sprintf("The default is %d.", checkEntries))
	}
	catchSIGPIPE()
	p.checking = true
	over, err := p.checkEnd(c)
	if err != nil {
		return err
	}
	spec, secrets, err := p.configuration(c, args)
	if err != nil {
		return err
	}
	d, err := destination(spec, name)
	if err != nil {
		return err
	}
	store, err := p.open(c.Context, d.Name, d.Type, d.Settings, secrets)
	if err != nil {
		return unchecked(d, err)
	}
	defer store.Close()
	facts, over, err := p.describeInTime(c.Context, over, d, store)
	if err != nil {
		return unchecked(d, err)
	}
	t := newCheckReport(d, facts)
	p.printCheckHead(t)
	err = p.tryRules(c.Context, t, d, store, c.Int("entries"), over)
	return p.finishCheck(c.Context, t, err)
}

func destinationArgument(c *cli.Context) (string, error) {
	switch c.NArg() {
	case 0:
		return "", wrongUsage(errors.New("no destination given"), "Write vmxsync check DESTINATION, with the name of a destination in the configuration.")
	case 1:
		return c.Args().First(), nil
	}
	return "", wrongUsage(tooMany(c), "vmxsync check takes one destination.")
}

// destination returns the destination of that name.
func destination(spec *state.Spec, name string) (state.Destination, error) {
	d, ok := spec.Destination(name)
	if ok {
		return d, nil
	}
	var names []string
	for _, d := range spec.Destinations {
		names = append(names, d.Name)
	}
	hint := "Declared: " + strings.Join(names, ", ") + "."
	if best := nearest(name, names); best != "" {
		hint = fmt.Sprintf("Did you mean %q? %s", best, hint)
	}
	return d, wrongUsage(fmt.Errorf("no destination is named %q", name), hint)
}

func unchecked(d state.Destination, err error) error {
	if errors.Is(err, context.Canceled) {
		return failure("Interrupted", reworded{"the check had not begun", err})
	}
	return failure("The destination cannot be checked", fmt.Errorf("%s: %w", d.Name, err))
}

// describeInTime is describe with a time limit: it ends with over, and returns it for the
// steps that follow.
func (p *process) describeInTime(ctx context.Context, over <-chan time.Time, d state.Destination, store providers.Store) ([]providers.Fact, <-chan time.Time, error) {
	limited, cancel := context.WithCancel(ctx)
	defer cancel()
	var facts []providers.Fact
	var err error
	described := make(chan struct{})
	go func() { defer close(described); facts, err = p.describe(limited, d, store) }()
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
			err = hinted(reworded{"the server did not answer the first requests in time; nothing is left behind", err}, moreTimeHint)
		}
		return nil, nil, err
	}
}

// moreTimeHint is the hint of a check whose time ran out.
const moreTimeHint = "Give it more time: -timeout=10m."

// describe makes sure that this is the right place, and asks the store for its facts.
func (p *process) describe(ctx context.Context, d state.Destination, store providers.Store) ([]providers.Fact, error) {
	if err := p.checkMounted(ctx, d, store); err != nil {
		return nil, err
	}
	p.noteEarlierChecks(ctx, d, store)
	if describer, ok := providers.As[providers.Describer](store); ok {
		return describer.Facts(ctx)
	}
	return nil, nil
}

// checkMounted refuses the empty mount point of a disk.
func (p *process) checkMounted(ctx context.Context, d state.Destination, store providers.Store) error {
	if _, local := providers.As[providers.Folder](store); !local {
		return nil
	}
	owner, err := read.Owner(ctx, store, state.WorkDir(d.WorkDir))
	if err != nil && !errors.Is(err, state.ErrTorn) {
		return err
	}
	return p.mounted(d, store, state.Inventory{Owner: owner}, nil)
}

// scratchPrefix begins the names of the folders in which rules are tried.
const scratchPrefix = "check-"

// noteEarlierChecks warns of the folder that a killed check has left behind. It may
// be in use by another check, and is not touched. A folder that cannot be listed is
// reported by the rules.
func (p *process) noteEarlierChecks(ctx context.Context, d state.Destination, store providers.Store) {
	files, _ := store.List(ctx, d.WorkDir)
	for _, f := range files {
		if strings.HasPrefix(f.Name(), scratchPrefix) {
			p.ui.warn("Folder of another check", fmt.Sprintf("%s: unless another check is running now, %s was left by a check that was killed, and can be deleted.",
				d.Name, providers.Escape(f.Path)))
		}
	}
}

// tryRules runs the contract. It ends early if the place can no longer be reached:
// then no rule is to blame.
func (p *process) tryRules(ctx context.Context, t *checkReport, d state.Destination, store providers.Store, entries int, over <-chan time.Time) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	before := store.Traits().Sessions
	err := contract.Run(ctx, contract.Env{
		Store:    store,
		Dir:      path.Join(d.WorkDir, scratchPrefix+newRunID(time.Now())),
		Entries:  entries,
		Patience: checkPatience,
		Grace:    checkGrace,
		Over:     over,
	}, func(r contract.Rule, seen error) {
		if endsCheck(seen) {
			stop(fmt.Errorf("the check stopped at %s: %w", r.Name, seen))
			return
		}
		p.printRule(t, t.add(r, seen))
	})
	p.printChapter(t)
	if left, ok := errors.AsType[*contract.Left](err); ok {
		t.Left = left.Dir
	}
	if after := store.Traits().Sessions; after < before {
		t.addSessions(before, after)
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
func (p *process) finishCheck(ctx context.Context, t *checkReport, err error) error {
	_, left := errors.AsType[*contract.Left](err)
	switch {
	case ctx.Err() != nil:
		return failure("Interrupted", t.stopped(ctx.Err(), "the check was not finished"))
	case err != nil && !left:
		return failure("The destination cannot be checked", t.stopped(err, fmt.Sprintf("%s: %v", t.Destination, err)))
	}
	if printErr := p.printVerdict(t); printErr != nil {
		return printErr
	}
	var leftErr error
	if left {
		p.ui.json = false // the document has been printed
		leftErr = failure("The check left a folder behind", hinted(err, t.removal()))
	}
	switch {
	case t.Summary.Broken > 0:
		p.ui.fail(leftErr)
		return exitStatus(exitBroken)
	case t.late:
		p.ui.fail(leftErr)
		p.ui.json = false
		return failure("The check was not finished", hinted(fmt.Errorf("%s: its time ran out, and %s", t.Destination, t.Summary.untried()), moreTimeHint))
	}
	return leftErr
}
