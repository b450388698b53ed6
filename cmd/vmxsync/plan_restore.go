package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/diff/render"
)

// toRestore are the flags of a plan that is one of a restore.
type toRestore struct {
	addresses   cli.StringSlice
	to          string
	include     cli.StringSlice
	requireSums bool
}

func (r *toRestore) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "restore", Destination: &r.addresses, Usage: "plan to bring the sets back that `ADDRESS` names, as vmxsync restore does; may be repeated"},
		&cli.StringFlag{Name: "to", Destination: &r.to, Usage: "with -restore: restore to `DIR`/VM/TIME"},
		includeFlag(&r.include),
		&cli.BoolFlag{Name: "require-sums", Destination: &r.requireSums, Usage: "with -restore: refuse sets without checksums"},
	}
}

// wanted is what the flags ask for.
func (r *toRestore) wanted() wantedSets {
	return wantedSets{r.addresses.Value(), r.to, r.include.Value(), r.requireSums}
}

// ofRestore are the flags of plan that a plan of a restore knows.
var ofRestore = []string{"restore", "to", "include", "require-sums", "out", "expires", "json", "var", "var-file"}

// checkRestoreFlags refuses flags of the other kind of plan, which would be ignored silently.
func (f planFlags) checkRestoreFlags() error {
	restores := f.set("restore")
	for _, flag := range f.flags() {
		name := flag.Names()[0]
		switch known := slices.Contains(ofRestore, name); {
		case restores && !known && f.set(name):
			return failure.Usage(fmt.Errorf("-%s is not for a plan with -restore", name), "vmxsync restore -help shows what is.")
		case !restores && slices.Contains([]string{"to", "include", "require-sums"}, name) && f.set(name):
			return failure.Usage(fmt.Errorf("-%s is for a plan with -restore", name), "vmxsync plan -restore=ADDRESS -to=DIR -out=FILE")
		}
	}
	return nil
}

// planTheRestore plans a restore, prints it, and saves it with -out.
func planTheRestore(ctx context.Context, env *session.Env, out *ui.UI, f planFlags) error {
	if f.toRestore.to == toStdout {
		return failure.Usage(errors.New("-to=- is for vmxsync restore"), "Name a folder.")
	}
	config, err := env.Configuration(f.vars)
	if err != nil {
		return err
	}
	planned, err := planRestore(ctx, env, config, f.toRestore.wanted())
	if err != nil {
		return err
	}
	defer planned.world.CloseAll()
	at, err := env.Moment()
	if err != nil {
		return err
	}
	doc, err := session.SealRestore(env, planned.plan, at.Now, f.expires)
	if err != nil {
		return err
	}
	if f.out != "" {
		if err := session.WritePlan(f.out, doc); err != nil {
			return failure.New("The plan cannot be saved", err)
		}
	}
	if f.json {
		out.PrintJSON(string(doc))
		return nil
	}
	out.Result(restoreText(out, planned.plan))
	if f.out != "" {
		out.Result("\n" + render.Ruler() + "\n\n" + whatNext(f.out, env.InAutomation()))
	}
	return nil
}

// applyRestore carries out the saved plan of a restore; err is why it could not be read.
func (a *applying) applyRestore(ctx context.Context, saved *planfile.SavedRestore, err error) error {
	if err != nil {
		return err
	}
	if err := a.only("with the plan of an apply", "check", "journal", "journal-reset", "fail-fast", "max-duration", "lock-timeout", "retry-for", "skip-if-running"); err != nil {
		return err
	}
	at, err := a.env.Moment()
	if err != nil {
		return err
	}
	if at.Now.After(saved.Envelope.ExpiresAt) && !begunRestore(saved) {
		err := fmt.Errorf("%w: it was valid until %s", failure.ErrExpired, saved.Envelope.ExpiresAt.Format(time.RFC3339))
		return failure.New("Saved plan is stale", failure.Hinted(err, "Make a new plan: vmxsync plan -restore=ADDRESS -to=DIR -out=FILE."))
	}
	secrets, err := a.savedSecrets(saved.Plan.ApplyTimeVariables)
	if err != nil {
		return err
	}
	places, err := session.OpenRestore(ctx, a.env, saved.Plan, secrets)
	defer places.CloseAll()
	if err != nil {
		return failure.New("A place of the plan cannot be opened", err)
	}
	return logged(a.out, a.env, saved.Plan, func() error {
		return carryOutRestore(ctx, a.env, a.out, saved.Plan, places.Stores, a.parallelism)
	})
}

// begunRestore reports whether a restore has begun: it may always be finished.
func begunRestore(saved *planfile.SavedRestore) bool {
	for _, s := range saved.Plan.Sets {
		for _, folder := range []string{s.Hidden(), s.Folder} {
			if _, err := os.Lstat(filepath.Join(saved.Plan.To, filepath.FromSlash(folder))); err == nil {
				return true
			}
		}
	}
	return false
}
