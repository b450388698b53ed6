package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
)

func applyFlags() []cli.Flag {
	return []cli.Flag{
		autoApproveFlag(),
		&cli.BoolFlag{Name: "no-wait", Usage: "without FILE: leave out what is still being written, instead of waiting for it once"},
		&cli.BoolFlag{Name: "fail-fast", Usage: "start nothing new after a failure"},
		&cli.DurationFlag{Name: "max-duration", Usage: "stop after `TIME` (6h), so that the same command goes on later"},
		&cli.BoolFlag{Name: "input", Usage: "ask for approval on the terminal", Value: true},
		&cli.StringFlag{Name: "journal", Usage: "keep the record of this apply in `FILE` (default: the plan's name and .journal)"},
		&cli.BoolFlag{Name: "journal-reset", Usage: "set a damaged journal aside"},
		lockTimeoutFlag(),
		&cli.BoolFlag{Name: "check", Usage: "with FILE: make all checks and change nothing"},
		takeOverFlag(),
		parallelismFlag("do at most `N` steps at once, over all destinations (default: as many as they have connections)"),
		allowShrinkFlag(),
		jsonFlag("print one event per line"),
	}
}

func (p *process) apply(c *cli.Context, args arguments) error {
	var err error
	if p.parallelism, err = parallelism(c); err != nil {
		return err
	}
	if c.IsSet("max-duration") && c.Duration("max-duration") <= 0 {
		return wrongUsage(fmt.Errorf("-max-duration=%s", c.Duration("max-duration")), "Write a time such as 6h or 90m.")
	}
	p.takeOver = c.Bool("take-over")
	switch c.NArg() {
	case 0:
		if err := only(c, "with a plan file", "check", "journal", "journal-reset"); err != nil {
			return err
		}
		return p.ended(c.Context, p.applyNew(c, args))
	case 1:
		if approvedBy(c) == approveCreate {
			return wrongUsage(errors.New("-auto-approve=create is for apply without a plan file"), "A saved plan is done as it is: make one that deletes nothing, or review this one with vmxsync show.")
		}
		if err := only(c, "without a plan file", "take-over", "allow-shrink", "no-wait"); err != nil {
			return err
		}
		return p.ended(c.Context, p.applySaved(c, args))
	}
	return wrongUsage(tooMany(c), "vmxsync apply takes one plan file.")
}

// only refuses flags that would be ignored in silence. (-auto-approve with a
// plan file is what users of terraform type, and is no contradiction.)
func only(c *cli.Context, when string, flags ...string) error {
	for _, f := range flags {
		if c.IsSet(f) {
			return wrongUsage(fmt.Errorf("-%s is for apply %s", f, when), "vmxsync apply -help lists the flags.")
		}
	}
	return nil
}

func tooMany(c *cli.Context) error {
	return fmt.Errorf("%d arguments: %s", c.NArg(), strings.Join(c.Args().Slice(), " "))
}

// applySaved carries out a plan file, and reads nothing else for it.
func (p *process) applySaved(c *cli.Context, args arguments) error {
	path := c.Args().First()
	saved, _, err := p.readPlan(path)
	if err != nil {
		return err
	}
	if !c.Bool("check") {
		p.aroundSaved(saved)
	}
	if err := refusal(saved.Plan); err != nil {
		return err
	}
	at, err := p.clock()
	if err != nil {
		return err
	}
	if err := sameClock(saved.Plan, at); err != nil {
		return err
	}
	record := c.String("journal")
	if record == "" {
		record = path + ".journal"
	}
	turn, err := p.takeTurn(c, record)
	if err != nil {
		return err
	}
	defer turn.end()
	if c.Bool("journal-reset") {
		if err := journal.SetAside(record); err != nil {
			return err
		}
	}
	if err := fresh(saved, record, at.now); err != nil {
		return err
	}
	secrets, err := p.savedSecrets(saved.Plan, args)
	if err != nil {
		return err
	}
	if !c.Bool("check") {
		p.around.secrets = secrets
		p.begins(c.Context)
	}
	p.noteChangedConfig(saved.Plan)
	places, err := p.openPlaces(c.Context, saved.Plan, secrets)
	defer (&world{stores: places.stores}).close()
	if err != nil {
		return failure("A place of the plan cannot be opened", err)
	}
	if c.Bool("check") {
		return p.checkSaved(c.Context, saved, record, places, turn)
	}
	command := "apply " + quoted(path)
	if c.IsSet("journal") {
		command += " -journal=" + quoted(record)
	}
	w := work{
		run: saved.Envelope.RunID, id: saved.ID, record: record, again: again(c, command),
		opened: places, turn: turn, failFast: c.Bool("fail-fast"), limit: c.Duration("max-duration"),
	}
	return p.carryOut(c.Context, saved.Plan, w)
}

func (p *process) checkSaved(ctx context.Context, saved *diff.Saved, record string, places opened, turn turn) error {
	j, err := journal.Read(record, journal.Header{Run: saved.Envelope.RunID, Plan: saved.ID}, time.Now)
	if err != nil {
		return journalFailure(err)
	}
	err = apply.Check(ctx, saved.Plan, apply.Options{Run: saved.Envelope.RunID, Stores: places.stores, Missing: places.missing, Journal: j, Machine: turn.machine})
	if err == nil {
		p.voice.result("The plan can be applied: all checks passed, nothing was changed.\n")
	}
	return applyFailure(err)
}

// applyNew plans, shows, asks, and carries out.
func (p *process) applyNew(c *cli.Context, args arguments) error {
	approved := approvedBy(c)
	ask := approved == ""
	if ask && (!c.Bool("input") || !isTerminal(p.stdin)) {
		return failure("Approval is needed", hinted(errors.New("there is no terminal to ask on"),
			"Run vmxsync apply -auto-approve, or save a plan with vmxsync plan -out=FILE, review it, and run vmxsync apply FILE."))
	}
	spec, secrets, err := p.configuration(c, args)
	if err != nil {
		if !ask { // nobody is there to see it
			p.aroundBroken()
		}
		return err
	}
	options := diff.Options{Partial: true, TakeOver: p.takeOver, AllowShrink: c.Bool("allow-shrink")}
	p.aroundNew(spec, secrets)
	if !ask {
		p.begins(c.Context)
	}
	compute := p.computeSettled
	if c.Bool("no-wait") {
		compute = p.compute
	}
	plan, w, err := compute(c.Context, spec, secrets, options)
	defer w.close()
	if err != nil {
		return err
	}
	if approved == approveCreate {
		plan = plan.OnlyCreate()
	}
	plan = plan.HoldBack()
	if !p.voice.json {
		p.voice.result(p.planText(plan, p.brief()))
	}
	if ask && !plan.Empty() {
		if err := p.approve(c.Context); err != nil {
			p.around = around{}
			return err
		}
	}
	p.begins(c.Context)
	doc, err := p.seal(plan, time.Hour)
	if err != nil {
		return err
	}
	saved, err := diff.Open(doc, p.planKey())
	if err != nil {
		return err
	}
	p.aroundSaved(saved)
	record, err := p.ownJournal(spec)
	if err != nil {
		return err
	}
	missing := p.leftOut(spec, plan)
	if nothingToDo(plan) {
		return p.both(missing, waiting(plan))
	}
	turn, err := p.takeTurn(c, record)
	if err != nil {
		return err
	}
	defer turn.end()
	job := work{
		run: saved.Envelope.RunID, id: saved.ID, record: record, leftOut: missing, again: again(c, "apply"+repeated(approved, plan.Options)),
		opened: opened{stores: w.stores}, turn: turn, failFast: c.Bool("fail-fast"), limit: c.Duration("max-duration"),
	}
	return p.carryOut(c.Context, plan, job)
}

// repeated are the flags without which the same command would make another plan.
func repeated(approved approval, o diff.Options) string {
	flags := ""
	if approved != "" {
		flags = approved.flag()
	}
	if o.AllowShrink {
		flags += " -allow-shrink"
	}
	if o.TakeOver {
		flags += " -take-over"
	}
	return flags
}

// again is the command that goes on from where this one was interrupted.
func again(c *cli.Context, command string) string {
	if dir := c.String("chdir"); dir != "." {
		command = "-chdir=" + quoted(dir) + " " + command
	}
	if c.IsSet("var") || c.IsSet("var-file") {
		command += ", with the same -var and -var-file"
	}
	return "vmxsync " + command
}

// quoted puts a path between quotes as a shell wants it: nothing in it is
// escaped, for a backslash is part of a path on Windows.
func quoted(path string) string { return `"` + path + `"` }

func nothingToDo(plan *diff.Plan) bool {
	for _, place := range plan.Places {
		if len(place.Steps) > 0 {
			return false
		}
	}
	return plan.Empty() && len(plan.Cleanups) == 0
}

const approvalQuestion = `
Do you want to perform these actions?
  vmxsync will perform the actions described above.
  Only 'yes' will be accepted to approve.

  Enter a value: `

// approve asks on the terminal; nil is a yes.
func (p *process) approve(ctx context.Context) error {
	return p.confirm(ctx, approvalQuestion, "Apply cancelled")
}

// confirm asks on the terminal; declined sums up an error that is no yes.
func (p *process) confirm(ctx context.Context, question, declined string) error {
	p.voice.print(question)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(p.stdin).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case line := <-answer:
		p.voice.print("\n")
		if line != "yes" {
			return failure(declined, errors.New("it was not approved; nothing was changed"))
		}
		return nil
	case <-ctx.Done():
		p.voice.print("\n")
		return ctx.Err()
	}
}

// work is a plan that is to be carried out now.
type work struct {
	run, id string // of the plan
	record  string // path of its journal
	opened
	turn
	leftOut  error  // destinations that the plan does not cover; nil if none
	again    string // the command that goes on after an interrupt
	failFast bool
	limit    time.Duration // 0: none
}

// carryOut runs the plan with its journal and tells how it went.
func (p *process) carryOut(ctx context.Context, plan *diff.Plan, w work) error {
	ctx, stop := limited(ctx, w.limit)
	defer stop()
	told := p.narrator()
	err := p.journaled(w.run, w.id, w.record, func(j *journal.Journal) error {
		r, err := apply.Run(ctx, plan, apply.Options{
			Run: w.run, Stores: w.stores, Missing: w.missing, Journal: j, Events: p.logged(told.event), Parallelism: p.parallelism,
			Machine: w.machine, LockTimeout: w.patience, Before: p.beforeApply(plan), FailFast: w.failFast,
		})
		p.around.did(r)
		return err
	})
	if errors.Is(err, notify.ErrSkip) {
		return p.skipped(err)
	}
	told.end(err, shortfall(w.leftOut, plan))
	if err == nil || errors.Is(err, apply.ErrPartial) {
		p.remember(plan, w.stores)
	}
	if errors.Is(context.Cause(ctx), errTooLong) && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w of -max-duration=%s; what is done stays done", errTooLong, w.limit)
		return failure("Apply is not complete", hinted(err, "To go on: "+w.again))
	}
	if errors.Is(err, context.Canceled) {
		return &interrupted{err: err, again: w.again}
	}
	return p.both(cmp.Or(applyFailure(err), w.leftOut), waiting(plan))
}

// shortfall says why an apply that failed nowhere is not complete; "" if it is.
func shortfall(leftOut error, plan *diff.Plan) string {
	var why []string
	if leftOut != nil {
		why = append(why, "a destination was left out")
	}
	if n := len(plan.Waiting()); n > 0 && !plan.Unapproved() {
		why = append(why, render.Waiting(n))
	}
	return strings.Join(why, ", ")
}

// errTooLong is an apply that was stopped by -max-duration.
var errTooLong = errors.New("stopped at the end")

// limited bounds the work; 0: it may take any time.
func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, limit, errTooLong)
}

func (p *process) journaled(run, id, record string, do func(*journal.Journal) error) error {
	j, err := journal.Open(record, journal.Header{Run: run, Plan: id, Created: time.Now()}, time.Now)
	if err != nil {
		return journalFailure(err)
	}
	return errors.Join(do(j), j.Close())
}

func journalFailure(err error) error {
	if errors.Is(err, journal.ErrDamaged) {
		err = hinted(err, "-journal-reset sets it aside; what is done is then recognised at the destinations.")
	}
	return failure("The journal cannot be used", err)
}

// interrupted tells how to go on.
type interrupted struct {
	err   error
	again string
}

func (e *interrupted) Error() string { return "interrupted; what is done stays done" }
func (e *interrupted) Unwrap() error { return hinted(e.err, "To go on: "+e.again) }

// withoutSummary leaves what the summary has said already.
func withoutSummary(err error) string {
	var lines []string
	for _, one := range unjoin(err) {
		lines = append(lines, strings.TrimPrefix(one.Error(), apply.ErrStale.Error()+": "))
	}
	return strings.Join(lines, "\n")
}

func applyFailure(err error) error {
	switch {
	case errors.Is(err, lock.ErrHeld), errors.Is(err, lock.ErrLost):
		return lockFailure(err)
	case errors.Is(err, apply.ErrStale):
		return failure("Saved plan is stale", hinted(restated{withoutSummary(err), err}, "Nothing was changed. Make a new plan: vmxsync plan -out=FILE."))
	case errors.Is(err, apply.ErrApplied):
		return failure("This plan was already applied", hinted(restated{"all that it says is so; nothing was changed", err}, "Make a new plan: vmxsync plan -out=FILE."))
	case errors.Is(err, notify.ErrHook):
		return failure("A before_apply hook failed", hinted(err, strings.TrimSpace("Nothing was changed. "+providers.Hint(err))))
	case errors.Is(err, apply.ErrPartial):
		return failure("Apply is not complete", hinted(err, "What is done stays done. Repair the cause and run the same command again, or make a new plan."))
	}
	return failure("Apply failed", err)
}
