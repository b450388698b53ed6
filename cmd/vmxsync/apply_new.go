package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// applyNew makes a plan, shows it, asks for approval and carries it out.
func (p *process) applyNew(c *cli.Context, args arguments) error {
	approved := approvedBy(c)
	if err := p.mayAsk(c, approved); err != nil {
		return err
	}
	options, err := p.planOptions(c, true)
	if err != nil {
		return err
	}
	spec, secrets, err := p.configuration(c, args)
	if err != nil {
		if approved != "" { // nobody is there to read the error
			p.setUpBrokenReport()
		}
		return err
	}
	p.setUpReport(spec, secrets)
	if _, err := p.madeStateDir(); err != nil {
		return err // before hours of work
	}
	if skip, err := p.skipForRunning(c); skip || err != nil {
		return err
	}
	if approved != "" {
		p.reportStart(c.Context)
	}
	plan, w, err := p.computeNew(c, spec, secrets, options)
	defer w.close()
	if err != nil {
		return err
	}
	plan = withoutRefused(plan, approved)
	if err := p.showAndApprove(c.Context, plan, approved); err != nil {
		return err
	}
	p.reportStart(c.Context)
	return p.applyInMemory(c, spec, plan, w)
}

// mayAsk refuses an apply that nobody can approve, before anything is read.
func (p *process) mayAsk(c *cli.Context, approved approval) error {
	if approved != "" || c.Bool("input") && isTerminal(p.stdin) {
		return nil
	}
	return failure(summaryApproval, hinted(errors.New("there is no terminal to ask on"),
		"Run vmxsync apply -auto-approve, or save a plan with vmxsync plan -out=FILE, review it, and run vmxsync apply FILE."))
}

// computeNew makes the plan of an apply, which works with the destinations that it
// can reach.
func (p *process) computeNew(c *cli.Context, spec *state.Spec, secrets providers.Secrets, options diff.Options) (*diff.Plan, *world, error) {
	if c.Bool("no-wait") || options.Destroy { // sets that are still being written do not matter to deletes
		return p.compute(c.Context, spec, secrets, options)
	}
	return p.computeWhenSettled(c.Context, spec, secrets, options)
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
func (p *process) showAndApprove(ctx context.Context, plan *diff.Plan, approved approval) error {
	shown := p.withNewNotes(plan, approved)
	if !p.ui.json {
		p.ui.result(p.planText(shown, p.brief()))
	}
	if approved != "" || plan.Empty() {
		return nil
	}
	err := p.approve(ctx)
	if err != nil {
		p.applyReport = applyReport{}
	}
	return err
}

// applyInMemory carries out a plan that is not in a file, with the same code as a
// saved one: the plan is sealed, and opened again with all checks.
func (p *process) applyInMemory(c *cli.Context, spec *state.Spec, plan *diff.Plan, w *world) error {
	doc, err := p.seal(plan, time.Hour)
	if err != nil {
		return err
	}
	saved, err := planfile.Open(doc, p.planKey())
	if err != nil {
		return err
	}
	p.setUpSavedReport(saved)
	record, err := p.ownJournal(spec)
	if err != nil {
		return err
	}
	missing := p.leftOut(spec, plan, w.inventories)
	p.refreshRecords(plan, w)
	if nothingToDo(plan) {
		p.recordOnly(c, plan, w, saved.Envelope.RunID, record)
		return p.withHeldDeletes(cmp.Or(missing, p.bestResult(plan)), waiting(plan))
	}
	locks, err := p.acquireLocks(c, record)
	if err != nil {
		return err
	}
	defer locks.release()
	job := work{
		run: saved.Envelope.RunID, id: saved.ID, record: record, leftOut: missing, again: again(c, "apply"+repeated(approvedBy(c), plan.Options)),
		openPlaces: openPlaces{stores: w.stores}, heldLocks: locks, failFast: c.Bool("fail-fast"), limit: c.Duration("max-duration"),
	}
	return p.carryOut(c.Context, plan, job)
}

// recordOnly writes the records of a plan that has nothing else to do. If that
// fails, the next apply writes them; a concurrent apply writes them itself.
func (p *process) recordOnly(c *cli.Context, plan *diff.Plan, w *world, run, record string) {
	if !slices.ContainsFunc(plan.Places, func(x diff.Place) bool { return x.Known != nil }) {
		return
	}
	locks, err := p.acquireLocks(c, record)
	if err != nil {
		return
	}
	defer locks.release()
	result, err := apply.Record(c.Context, plan, apply.Options{Run: run, Stores: w.stores, Machine: locks.machine, Events: p.logged(func(apply.Event) {})})
	if err == nil {
		p.rememberPlaces(plan, w.stores, result.Known)
	}
}

// leftOut reports the destinations that an apply does without; nil if there are none.
func (p *process) leftOut(spec *state.Spec, plan *diff.Plan, inventories map[string]state.Inventory) error {
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
		p.ui.caution(left.Summary, left.Detail, left.Hint)
		p.applyReport.addLeftOut(place.Name, left, plan.Notices)
	}
	if missing > 0 {
		return exitStatus(exitPartial)
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

func nothingToDo(plan *diff.Plan) bool {
	for _, place := range plan.Places {
		if place.Own {
			return false
		}
	}
	return plan.Empty() && len(plan.Cleanups) == 0
}
