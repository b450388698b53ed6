package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// errExpired is a plan that waited too long for its apply.
var errExpired = errors.New("the plan has expired")

// fresh refuses a plan that has expired, unless its apply has begun: what has
// begun may always be finished.
func fresh(saved *diff.Saved, record string, now time.Time) error {
	if !now.After(saved.Envelope.ExpiresAt) {
		return nil
	}
	if begun, err := journal.Begun(record, saved.Envelope.RunID); begun || err != nil {
		return err
	}
	err := fmt.Errorf("%w: it was made at %s and could wait until %s", errExpired,
		saved.Envelope.CreatedAt.Format(time.RFC3339), saved.Envelope.ExpiresAt.Format(time.RFC3339))
	return failure("Saved plan is stale", hinted(err, "Nothing was changed. Make a new plan: vmxsync plan -out=FILE; -expires lets it wait longer."))
}

// sameClock refuses a plan that was made for another time than now.
func sameClock(plan *diff.Plan, at clock) error {
	if plan.Clock == at.name() {
		return nil
	}
	if plan.Clock == "" {
		return nil // what-if times do not change what a real plan says
	}
	return failure("The plan file cannot be used", hinted(fmt.Errorf("it was made with the clock set by %s", plan.Clock),
		"Set "+plan.Clock+" for the apply as well, or make a plan without it."))
}

// savedSecrets resolves the references of a plan, without its configuration.
func (p *process) savedSecrets(plan *diff.Plan, args arguments) (providers.Secrets, error) {
	values, diags := hclconfig.ApplyTimeVariables(plan.ApplyTimeVariables, args.vars, p.env)
	if diags.HasErrors() {
		return nil, refused(diags)
	}
	return hclconfig.Secrets{Env: p.env, Variables: values}.Resolve, nil
}

// noteChangedConfig tells which files of the configuration are not those that
// the plan was made from; the plan holds all the same.
func (p *process) noteChangedConfig(plan *diff.Plan) {
	for _, f := range plan.Config {
		data, err := os.ReadFile(f.Path)
		if err == nil && checksum(data) != f.SHA256 {
			p.voice.tell(levelInfo, "Note: %s has changed since the plan was made; the plan is applied as it is.", f.Path)
		}
	}
}

// openPlaces opens what the plan needs: destinations that change or justify a
// prune, and the sources of both. The stores are the caller's to close, also after an error.
func (p *process) openPlaces(ctx context.Context, plan *diff.Plan, secrets providers.Secrets) (opened, error) {
	o := opened{stores: map[string]providers.Store{}, missing: map[string]error{}}
	needed := neededPlaces(plan)
	for _, place := range plan.Places {
		if !needed[place.Name] {
			continue
		}
		settings, err := savedSettings(place)
		if err != nil {
			return o, err
		}
		store, err := p.open(ctx, place.Name, place.Type, settings, secrets)
		switch {
		case err == nil:
			o.stores[place.Name] = store
		case ctx.Err() != nil || place.Role == diff.SourceRole:
			return o, hinted(fmt.Errorf("%s: %w", place.Name, err), providers.Hint(err))
		default:
			o.missing[place.Name] = err
		}
	}
	if err := o.none(plan); err != nil {
		return o, err
	}
	return o, apart(o.stores)
}

// opened are the places of a plan. A destination that cannot be opened holds
// no other.
type opened struct {
	stores  map[string]providers.Store
	missing map[string]error
}

// none is an error where no destination could be opened.
func (o opened) none(plan *diff.Plan) error {
	var errs []error
	for _, place := range plan.Places {
		if place.Role == diff.DestinationRole && o.stores[place.Name] != nil {
			return nil
		}
		if err := o.missing[place.Name]; err != nil {
			errs = append(errs, hinted(fmt.Errorf("%s: %w", place.Name, err), providers.Hint(err)))
		}
	}
	return errors.Join(errs...)
}

func neededPlaces(plan *diff.Plan) map[string]bool {
	needed := map[string]bool{}
	for _, place := range plan.Places {
		if len(place.Steps) > 0 {
			needed[place.Name] = true
		}
	}
	for _, c := range plan.Changes {
		destination, _, _ := state.SplitAddress(c.Address)
		needed[destination], needed[c.Source] = true, true
		for _, s := range c.Steps {
			for _, address := range s.Retains {
				holder, _, _ := state.SplitAddress(address)
				needed[holder] = true
			}
		}
	}
	for _, c := range plan.Cleanups {
		needed[c.Place] = true
	}
	return needed
}

func savedSettings(place diff.Place) (providers.Settings, error) {
	d, err := driver(place.Type)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place.Name, err)
	}
	settings := d.New()
	if err := json.Unmarshal(place.Settings, settings); err != nil {
		return nil, fmt.Errorf("%s: settings: %w", place.Name, err)
	}
	return settings, nil
}

// ownJournal is the journal of an apply without a plan file: in the user's
// state directory, one for each configuration directory.
func (p *process) ownJournal(spec *state.Spec) (string, error) {
	dir, err := p.stateDir()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("state directory: %w", err)
	}
	return filepath.Join(dir, checksum([]byte(spec.Dir))[:16]+".journal"), nil
}

// stateDir is where programs keep what must survive: XDG_STATE_HOME or its
// default; on Windows the application data of this machine, which do not roam.
func (p *process) stateDir() (string, error) {
	if dir, ok := p.env("XDG_STATE_HOME"); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, "vmxsync"), nil
	}
	if filepath.Separator == '\\' {
		dir, err := os.UserCacheDir()
		return filepath.Join(dir, "vmxsync"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "vmxsync"), err
}

// leftOut tells which destinations an apply does without; nil if none.
func (p *process) leftOut(spec *state.Spec, plan *diff.Plan) error {
	missing := 0
	for _, place := range plan.Places {
		if d, ok := spec.Destination(place.Name); ok && !d.Optional && place.Unreachable != "" {
			missing++
			const summary = "Destination left out"
			why := fmt.Sprintf("%s: %s", place.Name, place.Unreachable)
			p.voice.warn(summary, why)
			p.around.report.Errors = append(p.around.report.Errors, notify.Problem{Summary: summary, Detail: why})
		}
	}
	if missing > 0 {
		return status(exitPartial)
	}
	return nil
}
