package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/report"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// applyNew makes a plan, shows it, asks for approval and carries it out.
func (a *applying) applyNew(ctx context.Context) error {
	if err := a.mayAsk(); err != nil {
		return err
	}
	options, err := a.options(true)
	if err != nil {
		return err
	}
	config, err := a.env.Configuration(a.vars)
	if err != nil {
		if a.approved != "" { // nobody is there to read the error
			a.report.Broken(config)
		}
		return err
	}
	beginReport(a.out, a.env, a.report, config)
	if err := session.MakeState(a.env); err != nil {
		return err // before hours of work
	}
	if skip, err := a.skipForRunning(); skip || err != nil {
		return err
	}
	if a.approved != "" {
		a.report.Start(ctx)
	}
	planned, err := a.planned(ctx, config, options)
	defer planned.World.CloseAll()
	if planned.Plan != nil {
		a.report.Planned(planned)
	}
	if err != nil {
		return err
	}
	plan := withoutRefused(planned.Plan, a.approved)
	if err := a.showAndApprove(ctx, plan); err != nil {
		return err
	}
	a.report.Start(ctx)
	return a.applyInMemory(ctx, config.Spec, plan, planned.World)
}

// mayAsk refuses an apply that nobody can approve, before anything is read.
func (a *applying) mayAsk() error {
	if a.approved != "" || a.input && ui.IsTerminal(a.stdin) {
		return nil
	}
	return failure.New(failure.ApprovalNeeded, failure.Hinted(errors.New("there is no terminal to ask on"),
		"Run vmxsync apply -auto-approve, or save a plan with vmxsync plan -out=FILE, review it, and run vmxsync apply FILE."))
}

// planned makes the plan of an apply, which works with the destinations that it can
// reach.
func (a *applying) planned(ctx context.Context, config session.Config, options diff.Options) (session.Planned, error) {
	r := session.Reading{Config: config, Parallelism: a.parallelism, TakeOver: a.takeOver, Retry: a.retry}
	if a.noWait || options.Destroy { // sets that are still being written do not matter to deletes
		return session.Plan(ctx, a.env, r, options)
	}
	return session.PlanWhenSettled(ctx, a.env, r, options)
}

// withoutRefused is the plan without the changes that are not approved or that a guard
// refuses.
func withoutRefused(plan *diff.Plan, approved approval) *diff.Plan {
	if approved == approveCreate {
		plan = plan.OnlyCreate()
	}
	return plan.HoldBack()
}

// showAndApprove shows the plan, and asks for approval if no flag has approved it.
func (a *applying) showAndApprove(ctx context.Context, plan *diff.Plan) error {
	shown := a.report.NewNotes(plan, a.approved == "" || a.out.InDetail())
	if !a.out.JSON {
		print := render.Concise // nobody may be reading it
		if a.out.OnTerminal() {
			print = render.Text
		}
		a.out.Result(planText(a.out, shown, print))
	}
	if a.approved != "" || plan.Empty() {
		return nil
	}
	err := confirm(ctx, a.out, a.stdin, approvalQuestion, "Apply cancelled")
	if err != nil {
		a.report.Withdraw()
	}
	return err
}

// applyInMemory carries out a plan that is not in a file, with the same code as a
// saved one: the plan is sealed, and opened again with all checks.
func (a *applying) applyInMemory(ctx context.Context, spec *config.Spec, plan *diff.Plan, w *session.World) error {
	doc, err := session.Seal(a.env, plan, a.report.Run(), time.Hour)
	if err != nil {
		return err
	}
	saved, err := session.Unseal(a.env, doc)
	if err != nil {
		return err
	}
	savedReport(a.out, a.env, a.report, saved)
	record, err := a.env.State.Journal(spec.Dir)
	if err != nil {
		return err
	}
	missing := leftOut(a.out, a.report, spec, plan, w.Inventories)
	session.RefreshRecords(a.env, plan, w)
	if session.NothingToDo(plan) {
		a.recordOnly(ctx, plan, w, saved.Envelope.RunID, record)
		short := cmp.Or(missing, bestResult(a.out, plan))
		_, proofs := a.readBack(ctx, plan, session.Places{Stores: w.Stores}, a.until(time.Now()))
		return withHeldDeletes(a.out, a.worse(short, proofs), waiting(plan))
	}
	locks, err := session.Acquire(ctx, a.env, record, a.lockTimeout, false)
	if err != nil {
		return err
	}
	defer locks.Release()
	return a.carryOut(ctx, plan, work{
		run: saved.Envelope.RunID, id: saved.ID, record: record, leftOut: missing, again: a.again("apply" + repeated(a.approved, plan.Options)),
		Places: session.Places{Stores: w.Stores}, Locks: locks,
	})
}

// recordOnly writes the records of a plan that has nothing else to do. If that
// fails, the next apply writes them; a concurrent apply writes them itself.
func (a *applying) recordOnly(ctx context.Context, plan *diff.Plan, w *session.World, run, record string) {
	if !slices.ContainsFunc(plan.Places, func(x diff.Place) bool { return x.Known != nil }) {
		return
	}
	locks, err := session.Acquire(ctx, a.env, record, a.lockTimeout, false)
	if err != nil {
		return
	}
	defer locks.Release()
	result, err := apply.Record(ctx, plan, apply.Options{Run: run, Stores: w.Stores, Machine: locks.Machine, Events: a.watched(func(event.Event) {})})
	if err == nil {
		session.RememberPlaces(a.env, plan, w.Stores, result.Known)
	}
}

// leftOut reports the destinations that an apply does without; nil if there are none.
func leftOut(out *ui.UI, rep *report.Apply, spec *config.Spec, plan *diff.Plan, inventories map[string]state.Inventory) error {
	missing := 0
	for _, place := range plan.Places {
		d, ok := spec.Destination(place.Name)
		if !ok || d.Optional || place.Unreachable == "" {
			continue
		}
		missing++
		left := notify.Problem{
			Summary: "Destination left out", Detail: place.Name + ": " + place.Unreachable, Hint: providers.Hint(inventories[place.Name].Err),
		}
		out.Caution(left.Summary, left.Detail, left.Hint)
		rep.LeftOut(place.Name, left, plan.Notices)
	}
	if missing > 0 {
		return failure.Partial
	}
	return nil
}

// repeated returns the flags without which the same command would make another plan.
func repeated(approved approval, o diff.Options) string {
	flags := ""
	if approved != "" {
		flags = approved.flag()
	}
	flags += scopeText(o)
	if o.AllowShrink {
		flags += " -allow-shrink"
	}
	if o.TakeOver {
		flags += " -take-over"
	}
	return flags
}
