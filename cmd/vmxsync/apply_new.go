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
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// applyNew plans, shows, asks, and carries out.
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
		if approved != "" { // nobody is there to see it
			p.aroundBroken()
		}
		return err
	}
	p.aroundNew(spec, secrets)
	if _, err := p.madeStateDir(); err != nil {
		return err // before hours of work
	}
	if skip, err := p.leaveToOther(c); skip || err != nil {
		return err
	}
	if approved != "" {
		p.begins(c.Context)
	}
	plan, w, err := p.computeNew(c, spec, secrets, options)
	defer w.close()
	if err != nil {
		return err
	}
	plan = permitted(plan, approved)
	if err := p.agree(c.Context, plan, approved); err != nil {
		return err
	}
	p.begins(c.Context)
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

// computeNew makes the plan of an apply, which goes on with what it can reach.
func (p *process) computeNew(c *cli.Context, spec *state.Spec, secrets providers.Secrets, options diff.Options) (*diff.Plan, *world, error) {
	if c.Bool("no-wait") || options.Destroy { // what still comes is no matter to what goes
		return p.compute(c.Context, spec, secrets, options)
	}
	return p.computeSettled(c.Context, spec, secrets, options)
}

// permitted is the plan without what is not approved, or a guard refuses.
func permitted(plan *diff.Plan, approved approval) *diff.Plan {
	if approved == approveCreate {
		plan = plan.OnlyCreate()
	}
	return plan.HoldBack()
}

// agree shows the plan, and asks where it is not approved.
func (p *process) agree(ctx context.Context, plan *diff.Plan, approved approval) error {
	shown := p.withNewNotes(plan, approved)
	if !p.voice.json {
		p.voice.result(p.planText(shown, p.brief()))
	}
	if approved != "" || plan.Empty() {
		return nil
	}
	err := p.approve(ctx)
	if err != nil {
		p.around = around{}
	}
	return err
}

// applyInMemory carries out a plan that is in no file, through the same code: it
// is sealed, and read back with all its checks.
func (p *process) applyInMemory(c *cli.Context, spec *state.Spec, plan *diff.Plan, w *world) error {
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
	missing := p.leftOut(spec, plan, w.inventories)
	p.seenAgain(plan, w)
	if nothingToDo(plan) {
		p.recordOnly(c, plan, w, saved.Envelope.RunID, record)
		return p.both(cmp.Or(missing, p.fallShort(plan)), waiting(plan))
	}
	turn, err := p.takeTurn(c, record)
	if err != nil {
		return err
	}
	defer turn.end()
	job := work{
		run: saved.Envelope.RunID, id: saved.ID, record: record, leftOut: missing, again: again(c, "apply"+repeated(approvedBy(c), plan.Options)),
		opened: opened{stores: w.stores}, turn: turn, failFast: c.Bool("fail-fast"), limit: c.Duration("max-duration"),
	}
	return p.carryOut(c.Context, plan, job)
}

// recordOnly leaves the records of a plan that has nothing else to do. What cannot
// be written now is written by the next apply; one that is running writes it itself.
func (p *process) recordOnly(c *cli.Context, plan *diff.Plan, w *world, run, record string) {
	if !slices.ContainsFunc(plan.Places, func(x diff.Place) bool { return x.Known != nil }) {
		return
	}
	turn, err := p.takeTurn(c, record)
	if err != nil {
		return
	}
	defer turn.end()
	result, err := apply.Record(c.Context, plan, apply.Options{Run: run, Stores: w.stores, Machine: turn.machine, Events: p.logged(func(apply.Event) {})})
	if err == nil {
		p.remember(plan, w.stores, result.Known)
	}
}

// leftOut tells which destinations an apply does without; nil if none.
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
		p.voice.caution(left.Summary, left.Detail, left.Hint)
		p.around.without(place.Name, left, plan.Notices)
	}
	if missing > 0 {
		return status(exitPartial)
	}
	return nil
}

// repeated are the flags without which the same command would make another plan.
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
		if len(place.Steps) > 0 {
			return false
		}
	}
	return plan.Empty() && len(plan.Cleanups) == 0
}
