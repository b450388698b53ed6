package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/regular"
	"github.com/vmxsync/vmxsync/state/wording"
)

// applySaved carries out a plan file, without reading the configuration.
func (a *applying) applySaved(ctx context.Context, path string) error {
	record := cmp.Or(a.journal, path+".journal")
	saved, now, err := a.acceptable(path)
	if err != nil {
		return err
	}
	if skip, err := a.skipForRunning(); skip || err != nil {
		return err
	}
	locks, err := session.Acquire(ctx, a.env, record, a.lockTimeout, a.check)
	if err != nil {
		return err
	}
	defer locks.Release()
	if a.journalReset {
		if err := journal.SetAside(record); err != nil {
			return journalFailure(err)
		}
	}
	if err := checkExpiry(saved, record, now); err != nil {
		return err
	}
	secrets, err := a.savedSecrets(saved.Plan.ApplyTimeVariables)
	if err != nil {
		return err
	}
	if !a.check {
		a.report.Resolve(secrets)
		a.report.Start(ctx)
	}
	noteChangedConfig(a.out, saved.Plan)
	places, err := session.OpenSavedRetrying(ctx, a.env, saved.Plan, secrets, a.retry)
	defer places.CloseAll()
	if err != nil {
		return failure.New("A place of the plan cannot be opened", err)
	}
	if a.check {
		return a.checkSaved(ctx, saved, record, places, locks)
	}
	return a.carryOut(ctx, saved.Plan, work{
		run: saved.Envelope.RunID, id: saved.ID, record: record, again: a.againSaved(path), Places: places, Locks: locks,
	})
}

// acceptable reads a plan file and refuses a plan that no apply may carry out,
// whenever it begins. The report of the apply is set up first, so that a refusal is
// reported too.
func (a *applying) acceptable(path string) (*planfile.Saved, time.Time, error) {
	saved, _, err := session.ReadPlan(a.env, path)
	if err != nil {
		return nil, time.Time{}, err
	}
	if !saved.Plan.Options.Inventory.IsZero() {
		err := failure.Hinted(fmt.Errorf("%s was made from a saved inventory, not from the places", path), "Make a new plan: vmxsync plan -out=FILE.")
		return nil, time.Time{}, failure.New("The plan file cannot be used", err)
	}
	if !a.check {
		savedReport(a.out, a.env, a.report, saved)
	}
	if err := refusal(saved.Plan); err != nil {
		return nil, time.Time{}, err
	}
	at, err := a.env.Moment()
	if err != nil {
		return nil, time.Time{}, err
	}
	return saved, at.Now, checkClock(saved.Plan, at)
}

// againSaved is the command that continues with a plan file.
func (a *applying) againSaved(path string) string {
	command := "apply " + wording.Quoted(path)
	if a.journal != "" {
		command += " -journal=" + wording.Quoted(a.journal)
	}
	return a.again(command)
}

func (a *applying) checkSaved(ctx context.Context, saved *planfile.Saved, record string, places session.Places, locks session.Locks) error {
	j, err := journal.Read(record, journal.Header{Run: saved.Envelope.RunID, Plan: saved.ID}, time.Now)
	if err != nil {
		return journalFailure(err)
	}
	err = apply.Check(ctx, saved.Plan, apply.Options{Run: saved.Envelope.RunID, Stores: places.Stores, Missing: places.Missing, Journal: j, Machine: locks.Machine})
	if err == nil {
		a.out.Result("The plan can be applied: all checks passed, nothing was changed.\n")
	}
	return applyFailure(err)
}

// checkExpiry refuses a plan that has expired, unless its apply has begun: an apply that
// has begun may always be finished.
func checkExpiry(saved *planfile.Saved, record string, now time.Time) error {
	if !now.After(saved.Envelope.ExpiresAt) {
		return nil
	}
	if begun, err := journal.Begun(record, saved.Envelope.RunID); begun || err != nil {
		return err
	}
	err := fmt.Errorf("%w: it was made at %s and was valid until %s", failure.ErrExpired,
		saved.Envelope.CreatedAt.Format(time.RFC3339), saved.Envelope.ExpiresAt.Format(time.RFC3339))
	return failure.New("Saved plan is stale", failure.Hinted(err, "Nothing was changed. Make a new plan: vmxsync plan -out=FILE; -expires makes it valid for longer."))
}

// checkClock refuses a plan that was made with another clock.
func checkClock(plan *diff.Plan, at session.Moment) error {
	if plan.Clock == at.Name() {
		return nil
	}
	if plan.Clock == "" {
		return nil // a what-if time does not change a real plan
	}
	return failure.New("The plan file cannot be used", failure.Hinted(fmt.Errorf("it was made with the clock set by %s", plan.Clock),
		"Set "+plan.Clock+" for the apply as well, or make a plan without it."))
}

// savedSecrets resolves the references of a plan that names these variables, without its
// configuration.
func (a *applying) savedSecrets(variables []string) (providers.Secrets, error) {
	values, diags := hclconfig.ApplyTimeVariables(variables, a.vars, a.env.Lookup)
	if diags.HasErrors() {
		return nil, failure.Config(diags)
	}
	return secret.Resolver{Env: a.env.Lookup, Variables: values}.Resolve, nil
}

// readLinked reads a file of the configuration, which may be a link.
func readLinked(path string) ([]byte, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, confdir.MaxFile+1))
}

// noteChangedConfig prints which files of the configuration have changed since the
// plan was made; the plan is valid all the same.
func noteChangedConfig(out *ui.UI, plan *diff.Plan) {
	for _, f := range plan.Config {
		data, err := readLinked(f.Path)
		if err == nil && statedir.Digest(string(data)) != f.SHA256 {
			out.Logf(slog.LevelInfo, "Note: %s has changed since the plan was made; the plan is applied as it is.", f.Path)
		}
	}
}
