package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apply "github.com/vmxsync/vmxsync/apply/drill"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/scratch"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/report"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/drills"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/events"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/progress"
	"github.com/vmxsync/vmxsync/diff/drill"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	spec "github.com/vmxsync/vmxsync/state/config"
)

// holding is one run of the command drill.
type holding struct {
	env     *session.Env
	out     *ui.UI
	config  session.Config
	ledgers []session.Drilled // of the destinations that drills restore from
	quiet   bool              // events are not printed
	force   bool              // also what is not due
	now     func() time.Time
}

// hold holds a drill if it is due. The error wraps failure.ErrFailed where it failed,
// failure.ErrUnheld where it was not held, or not recorded, and lock.ErrHeld.
func (h *holding) hold(ctx context.Context, d spec.Drill) (drills.Drill, error) {
	held, there, err := h.drilled(d)
	if err != nil {
		return drills.Drill{Name: d.Name}, err
	}
	if !there {
		h.print("Drill " + d.Name + " is not held: its destinations are not there.\n")
		return drills.Drill{Name: d.Name, Error: "its destinations are not there"}, nil
	}
	schedule := drill.When(d, held, h.now())
	if h.hiddenAfter(d, schedule.Last) {
		schedule.Due, schedule.Next = true, time.Time{}
	}
	doc := drills.Scheduled(d, schedule)
	mark := scratch.Mark{Site: h.config.Spec.Name, Drill: d.Name, Run: strings.ToLower(session.NewRunID(h.now())), Host: session.Host()}
	release, locked := session.LockDrill(ctx, h.env, d)
	if locked == nil {
		defer release()
		h.deleteLeft(d, mark)
	}
	if !schedule.Due && !h.force {
		h.print(doc.NotDue())
		return doc, nil
	}
	if locked != nil {
		return doc, locked
	}
	chosen, err := h.choose(ctx, d)
	if err != nil {
		return doc, err
	}
	record, err := h.rehearse(ctx, d, chosen, mark, &doc)
	if err != nil {
		return doc, unheld(err, "drill %s with %s: %v", d.Name, state.Address(chosen.Place, chosen.Key), err)
	}
	return h.conclude(ctx, d, chosen.Place, record, doc)
}

// deleteLeft deletes what runs of this drill have left that were killed.
func (h *holding) deleteLeft(d spec.Drill, mark scratch.Mark) {
	left, kept, err := scratch.Left(d.To, mark)
	if err != nil {
		h.out.WarnOf("The folder of a drill cannot be read", err)
	}
	for _, why := range kept {
		h.out.WarnOf("A folder that a drill may have left is still there", failure.Hinted(why, "If nobody needs it, delete it by hand."))
	}
	for _, f := range left {
		if err := f.Delete(); err != nil {
			h.out.WarnOf("A folder that a drill has left cannot be deleted", err)
			continue
		}
		h.out.Warn("An earlier drill did not end", fmt.Sprintf("%s was left by it, and is deleted now.", f.Path()), "")
	}
}

// choose is the set that the drill takes.
func (h *holding) choose(ctx context.Context, d spec.Drill) (drill.Candidate, error) {
	var from []drill.Holding
	var errs []error
	for _, e := range session.ReadDrilled(ctx, h.env, h.config, d.From, true) {
		at := slices.IndexFunc(h.ledgers, func(l session.Drilled) bool { return l.Place == e.Place })
		if e.Err != nil && h.ledgers[at].Err == nil {
			errs = append(errs, unheld(e.Err, "drill %s: %s: %v", d.Name, e.Place, e.Err))
		}
		from = append(from, drill.Holding{Place: e.Place, Sets: e.Sets, Drills: e.Drills})
	}
	if err := errors.Join(errs...); err != nil {
		return drill.Candidate{}, err
	}
	c, err := drill.Choose(d, from, h.now())
	if err != nil {
		err = unheld(failure.Hinted(err, "vmxsync list shows the sets at all places."), "drill %s: %v", d.Name, err)
	}
	return c, err
}

// rehearse restores the set to a folder of its own, puts it to the test, and deletes the
// folder. The error is why nothing can be concluded of the set.
func (h *holding) rehearse(ctx context.Context, d spec.Drill, c drill.Candidate, mark scratch.Mark, doc *drills.Drill) (record state.Drill, err error) {
	in, world := session.Restorable(ctx, h.env, h.config, restore.Input{Addresses: []restore.Address{restore.AddressOf(c.Place, c.Key)}})
	leave := func() { world.CloseAll(); world.Stores = nil }
	defer func() { leave() }()
	if err := session.CheckScratch(ctx, h.env, h.config, d.To, world.Stores); err != nil {
		return record, err
	}
	folder, err := scratch.Make(d.To, mark)
	if err != nil {
		return record, err
	}
	defer func() {
		if err := folder.Delete(); err != nil {
			h.out.WarnOf("The folder of the drill could not be deleted", err)
		}
	}()
	in.To, doc.Folder = folder.Path(), folder.Path()
	h.print(doc.Begins(state.Address(c.Place, c.Key), c.Bytes))
	finding, err := untried(in, c)
	if err != nil {
		return record, err
	}
	plan, err := restore.Compute(in)
	if finding = cmp.Or(finding, err); finding != nil { // it is there, and cannot be restored
		return state.Drill{
			Key: c.Key, Run: mark.Run, Name: d.Name, Host: mark.Host, Tool: h.env.Version,
			Verdict: state.Failed, Why: finding.Error(), Bytes: c.Bytes, Began: h.now(),
		}, nil
	}
	target, err := openTarget(ctx, plan.To)
	if err != nil {
		return record, err
	}
	defer target.Close()
	unmark := session.MarkRestore(ctx, h.env, plan, world.Stores)
	defer func() { unmark() }()
	echo := report.NewEcho(h.out, "drill "+d.Name+": ")
	record, err = apply.Run(ctx, plan, apply.Options{
		Drill: d, Site: h.config.Spec.Name, Run: mark.Run, Host: mark.Host, Version: h.env.Version,
		Stores: world.Stores, Target: target, Environ: h.env.Environ, Now: h.now, Say: echo.Line, Events: h.events(),
		Restored: func() { unmark(); unmark = func() {}; leave() },
	})
	if err != nil || record.Verdict == state.Failed {
		echo.Failed()
	}
	record.Notes = slices.Concat(c.PassedOver, plan.Notes, record.Notes)
	return record, err
}

// untried is what speaks against the copy that was chosen, or why nothing is known of it, now
// that its manifest was read; both are nil if it can be restored.
func untried(in restore.Input, c drill.Candidate) (finding, err error) {
	holding := in.Holdings[slices.IndexFunc(in.Holdings, func(x restore.Holding) bool { return x.Name == c.Place })]
	if holding.Err != nil {
		return nil, holding.Err
	}
	i := slices.IndexFunc(holding.Sets, func(s state.Set) bool { return s.Key == c.Key })
	switch {
	case i < 0:
		return nil, errors.New("it is no longer there: another apply has deleted it, or moved it to trash")
	case holding.Sets[i].State == state.Damaged:
		return fmt.Errorf("it cannot be restored: it is damaged (%s)", holding.Sets[i].Problem), nil
	case holding.Sets[i].State != state.Complete:
		return nil, fmt.Errorf("its manifest could not be read: %s", holding.Sets[i].Problem)
	}
	return nil, nil
}

// conclude records a drill that was held, and prints what became of it.
func (h *holding) conclude(ctx context.Context, d spec.Drill, place string, record state.Drill, doc drills.Drill) (drills.Drill, error) {
	doc.Held, doc.Next = drills.NewHeld(place, record), time.Time{}
	if record.Verdict == state.Passed {
		doc.Next = d.Every.After(record.Began)
	}
	h.print(doc.Ended())
	var errs []error
	if record.Verdict == state.Failed {
		text := fmt.Sprintf("%s: drill %s: %s", doc.Held.Address, d.Name, record.Why)
		errs = append(errs, failure.Hinted(failure.Reworded(text, failure.ErrFailed), "It is due until it passes. vmxsync verify "+providers.Escape(doc.Held.Address)+" reads the copy itself."))
	}
	if err := session.RecordDrill(ctx, h.env, h.config, place, record); err != nil {
		doc.Next = time.Time{}
		errs = append(errs, failure.Hinted(failure.Reworded(fmt.Sprintf("%s: the result of drill %s could not be recorded: %v", doc.Held.Address, d.Name, err), failure.ErrUnheld),
			"The drill is still due. Let the account write below the work folder of the destination."))
	}
	return doc, errors.Join(errs...)
}

// events is where the events of a restore go.
func (h *holding) events() func(event.Event) {
	if h.quiet {
		return func(e event.Event) { events.Log(h.out, e) }
	}
	transfers := progress.NewTransfers(time.Now)
	printer := events.New(h.out, transfers)
	return func(e event.Event) {
		transfers.Event(e)
		events.Log(h.out, e)
		printer.Event(e)
		switch e := e.(type) {
		case event.RestoreEnded:
			var failed error
			if e.Failed > 0 {
				failed = failure.ErrFailed
			}
			printer.Restored(failed)
			printer = events.New(h.out, transfers) // of the verification
		case event.Verified:
			printer.Restored(nil)
		}
	}
}

// print prints a result where it is read.
func (h *holding) print(text string) {
	if !h.quiet {
		h.out.Result(text)
	}
}
