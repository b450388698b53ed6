package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/regular"
)

// applySaved carries out a plan file, without reading the configuration.
func (p *process) applySaved(c *cli.Context, args arguments) error {
	path := c.Args().First()
	record := cmp.Or(c.String("journal"), path+".journal")
	saved, now, err := p.acceptable(c, path)
	if err != nil {
		return err
	}
	if skip, err := p.skipForRunning(c); skip || err != nil {
		return err
	}
	locks, err := p.acquireLocks(c, record)
	if err != nil {
		return err
	}
	defer locks.release()
	if c.Bool("journal-reset") {
		if err := journal.SetAside(record); err != nil {
			return journalFailure(err)
		}
	}
	if err := checkExpiry(saved, record, now); err != nil {
		return err
	}
	secrets, err := p.savedSecrets(saved.Plan, args)
	if err != nil {
		return err
	}
	if !c.Bool("check") {
		p.applyReport.secrets = secrets
		p.reportStart(c.Context)
	}
	p.noteChangedConfig(saved.Plan)
	places, err := p.openPlacesRetrying(c.Context, saved.Plan, secrets)
	defer (&world{stores: places.stores}).close()
	if err != nil {
		return failure("A place of the plan cannot be opened", err)
	}
	if c.Bool("check") {
		return p.checkSaved(c.Context, saved, record, places, locks)
	}
	return p.carryOut(c.Context, saved.Plan, work{
		run: saved.Envelope.RunID, id: saved.ID, record: record, again: againSaved(c, path),
		openPlaces: places, heldLocks: locks, failFast: c.Bool("fail-fast"), limit: c.Duration("max-duration"),
	})
}

// acceptable reads a plan file and refuses a plan that no apply may carry out,
// whenever it begins. The report of the apply is set up first, so that a refusal is
// reported too.
func (p *process) acceptable(c *cli.Context, path string) (*planfile.Saved, time.Time, error) {
	saved, _, err := p.readPlan(path)
	if err != nil {
		return nil, time.Time{}, err
	}
	if !saved.Plan.Options.Inventory.IsZero() {
		err := hinted(fmt.Errorf("%s was made from a saved inventory, not from the places", path), "Make a new plan: vmxsync plan -out=FILE.")
		return nil, time.Time{}, failure("The plan file cannot be used", err)
	}
	if !c.Bool("check") {
		p.setUpSavedReport(saved)
	}
	if err := refusal(saved.Plan); err != nil {
		return nil, time.Time{}, err
	}
	at, err := p.clock()
	if err != nil {
		return nil, time.Time{}, err
	}
	return saved, at.now, checkClock(saved.Plan, at)
}

// againSaved is the command that continues with a plan file.
func againSaved(c *cli.Context, path string) string {
	command := "apply " + quoted(path)
	if c.String("journal") != "" {
		command += " -journal=" + quoted(c.String("journal"))
	}
	return again(c, command)
}

func (p *process) checkSaved(ctx context.Context, saved *planfile.Saved, record string, places openPlaces, locks heldLocks) error {
	j, err := journal.Read(record, journal.Header{Run: saved.Envelope.RunID, Plan: saved.ID}, time.Now)
	if err != nil {
		return journalFailure(err)
	}
	err = apply.Check(ctx, saved.Plan, apply.Options{Run: saved.Envelope.RunID, Stores: places.stores, Missing: places.missing, Journal: j, Machine: locks.machine})
	if err == nil {
		p.ui.result("The plan can be applied: all checks passed, nothing was changed.\n")
	}
	return applyFailure(err)
}

// errExpired is the error of a plan that is no longer valid.
var errExpired = errors.New("the plan has expired")

// checkExpiry refuses a plan that has expired, unless its apply has begun: an apply that
// has begun may always be finished.
func checkExpiry(saved *planfile.Saved, record string, now time.Time) error {
	if !now.After(saved.Envelope.ExpiresAt) {
		return nil
	}
	if begun, err := journal.Begun(record, saved.Envelope.RunID); begun || err != nil {
		return err
	}
	err := fmt.Errorf("%w: it was made at %s and was valid until %s", errExpired,
		saved.Envelope.CreatedAt.Format(time.RFC3339), saved.Envelope.ExpiresAt.Format(time.RFC3339))
	return failure("Saved plan is stale", hinted(err, "Nothing was changed. Make a new plan: vmxsync plan -out=FILE; -expires makes it valid for longer."))
}

// checkClock refuses a plan that was made with another clock.
func checkClock(plan *diff.Plan, at clock) error {
	if plan.Clock == at.name() {
		return nil
	}
	if plan.Clock == "" {
		return nil // a what-if time does not change a real plan
	}
	return failure("The plan file cannot be used", hinted(fmt.Errorf("it was made with the clock set by %s", plan.Clock),
		"Set "+plan.Clock+" for the apply as well, or make a plan without it."))
}

// savedSecrets resolves the references of a plan, without its configuration.
func (p *process) savedSecrets(plan *diff.Plan, args arguments) (providers.Secrets, error) {
	values, diags := hclconfig.ApplyTimeVariables(plan.ApplyTimeVariables, args.vars, p.env)
	if diags.HasErrors() {
		return nil, invalidConfig(diags)
	}
	return hclconfig.Secrets{Env: p.env, Variables: values}.Resolve, nil
}

// readLinked reads a file of the configuration, which may be a link.
func readLinked(path string) ([]byte, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, hclconfig.MaxFile+1))
}

// noteChangedConfig prints which files of the configuration have changed since the
// plan was made; the plan is valid all the same.
func (p *process) noteChangedConfig(plan *diff.Plan) {
	for _, f := range plan.Config {
		data, err := readLinked(f.Path)
		if err == nil && checksum(data) != f.SHA256 {
			p.ui.logf(levelInfo, "Note: %s has changed since the plan was made; the plan is applied as it is.", f.Path)
		}
	}
}
