package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/files"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/report"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/events"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/progress"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/proofs"
	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/grace"
	spec "github.com/vmxsync/vmxsync/state/config"
)

type verifyFlags struct {
	given
	vars                      []hclconfig.VarArg
	level, olderThan          string
	maxBytes, dir, report     string
	maxDuration, lockPatience time.Duration
	parallelism               int
	vm, json                  bool
}

func verifyCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &verifyFlags{}
	return &cli.Command{
		Name:      "verify",
		Usage:     "prove that the copies still hold what was sent",
		ArgsUsage: "[GLOB...]",
		Description: "Reads the sets at the destinations to their last byte and compares them with their\n" +
			"checksums, those first whose proof is oldest. What was proven is recorded at the\n" +
			"destination: restore shows it, and the next run continues where a budget has\n" +
			"ended this one. A set that was found damaged no longer counts, and the next plan names it.\n" +
			"GLOB is DESTINATION, DESTINATION/VM or DESTINATION/VM/TIME.\n\n" +
			"   vmxsync verify\n" +
			"   vmxsync verify \"nas/dc01\" -older-than=30d\n" +
			"   vmxsync verify -max-bytes=50GiB -max-duration=2h   (each night: it prints how long a round takes)\n" +
			"   vmxsync verify -level=list                         (names and sizes alone)\n" +
			"   vmxsync verify -dir=/srv/restored                  (a local folder, without a configuration)",
		CustomHelpTemplate: exitCodes(
			"2    a set does not match its manifest",
			"3    some sets could not be asked, the others match",
			"6    damage was found, and cannot be recorded because another apply is running",
			"130  interrupted; what was proven is recorded"),
		Flags:  f.flags(),
		Action: func(c *cli.Context) error { f.given = givenTo(c); return verifySets(c.Context, env, out, *f) },
	}
}

func (f *verifyFlags) flags() []cli.Flag {
	return append(varFlags(&f.vars),
		&cli.StringFlag{Name: "level", Destination: &f.level, Usage: "ask for `LEVEL`: list (names and sizes), server (its own checksums), or read (every byte)", Value: string(verify.Read)},
		&cli.StringFlag{Name: "older-than", Destination: &f.olderThan, Usage: "leave out what was proven within `TIME` (30d)", DefaultText: "verify all"},
		&cli.StringFlag{Name: "max-bytes", Destination: &f.maxBytes, Usage: "stop after reading `SIZE` (50GiB); the next run continues there", DefaultText: "no limit"},
		&cli.DurationFlag{Name: "max-duration", Destination: &f.maxDuration, Usage: "stop after `TIME` (2h); the next run continues there", DefaultText: "never"},
		&cli.StringFlag{Name: "dir", Destination: &f.dir, Usage: "verify the sets below the local folder `DIR`, without a configuration"},
		&cli.StringFlag{Name: "report", Destination: &f.report, Usage: "write the result to `FILE` as well, as JSON"},
		&cli.DurationFlag{Name: "lock-timeout", Destination: &f.lockPatience, Usage: "wait `TIME` for a running apply before damage is recorded"},
		&cli.BoolFlag{Name: "vm", Destination: &f.vm, Usage: "also read the .vmx and the descriptors of each set, and warn of what is missing to register its VM"},
		parallelismFlag(&f.parallelism, "read at most `N` sets of a destination at once", "as many as the destination has connections"),
		jsonFlag(&f.json, "print one JSON document"),
	)
}

// verifySets verifies what is selected, prints the result, and records what was found.
func verifySets(ctx context.Context, env *session.Env, out *ui.UI, f verifyFlags) error {
	at, err := env.Moment()
	if err != nil {
		return err
	}
	options, err := f.options(at.Now, time.Now)
	if err != nil {
		return err
	}
	catchSIGPIPE()
	var configured session.Config
	var found session.Verifiable
	if f.dir != "" {
		found, err = foldersToVerify(ctx, f.dir, f.args)
	} else {
		configured, found, err = f.configured(ctx, env)
	}
	if err != nil {
		return err
	}
	defer found.CloseAll()
	warnOfProofs(out, errors.Join(found.Ledgers...))
	result, err := f.run(ctx, out, found, options)
	result.Sets = slices.Concat(found.Vanished, result.Sets)
	warnOfRecords(out, result)
	doc := proofs.New(result, options.MaxBytes, found.Missing, found.Foreign)
	if reported := f.show(out, doc); reported != nil {
		return reported
	}
	if f.vm && err == nil {
		warnOfVMs(ctx, out, found.Copies)
	}
	recorded := f.record(ctx, env, configured, result)
	if err == nil {
		return f.verdict(out, result, found, recorded)
	}
	warnOfRecord(out, recorded)
	return failure.New("Verification was interrupted", failure.Hinted(err, "What was proven, or found damaged, is recorded. To continue, run the same command again with -older-than."))
}

// record records at the destinations what was found damaged, also after an interrupt.
func (f verifyFlags) record(ctx context.Context, env *session.Env, configured session.Config, r verify.Result) error {
	if f.dir != "" {
		return nil
	}
	patience := f.lockPatience
	if ctx.Err() != nil {
		patience = 0
	}
	ctx, cancel := grace.Context(ctx)
	defer cancel()
	return session.RecordingOf(configured.Spec, patience).Findings(ctx, env, r.Sets)
}

// options checks the flags. today is the time that proofs are compared with, clock that of
// the machine.
func (f verifyFlags) options(today time.Time, clock func() time.Time) (o verify.Options, err error) {
	o = verify.Options{Level: verify.Level(f.level), Parallelism: f.parallelism}
	if err := f.checkParallelism(f.parallelism); err != nil {
		return o, err
	}
	switch o.Level {
	case verify.List, verify.Server, verify.Read:
	default:
		return o, failure.Usage(fmt.Errorf("-level=%s is not a level", f.level), "Write list, server or read.")
	}
	if f.olderThan != "" {
		span, err := spec.ParseSpan(f.olderThan)
		if err != nil {
			return o, failure.Usage(fmt.Errorf("-older-than: %w", err), "Write a time such as 30d or 2w.")
		}
		o.Since = span.Before(today)
	}
	if f.maxBytes != "" {
		var size providers.Size
		if err := size.UnmarshalText([]byte(f.maxBytes)); err != nil {
			return o, failure.Usage(fmt.Errorf("-max-bytes: %w", err), "Write a size such as 50GiB.")
		}
		o.MaxBytes = int64(size)
	}
	if f.set("max-duration") && f.maxDuration <= 0 {
		return o, failure.Usage(fmt.Errorf("-max-duration=%s is not positive", f.maxDuration), "Write a time such as 2h or 90m.")
	}
	began := clock()
	o.Now = func() time.Time { return today.Add(clock().Sub(began)) }
	if f.maxDuration > 0 {
		o.Deadline = today.Add(f.maxDuration)
	}
	return o, nil
}

// configured are the sets at the destinations of the configuration that the arguments name.
func (f verifyFlags) configured(ctx context.Context, env *session.Env) (session.Config, session.Verifiable, error) {
	config, err := env.Configuration(f.vars)
	if err != nil {
		return config, session.Verifiable{}, err
	}
	for _, glob := range f.args {
		if err := flags.CheckPattern(glob); err != nil {
			return config, session.Verifiable{}, failure.Usage(err, "vmxsync verify \"nas/dc01/*\"")
		}
	}
	config.Spec.Destinations = slices.DeleteFunc(config.Spec.Destinations, func(d spec.Destination) bool { return !f.mayName(d.Name) })
	wanted := flags.Options{Target: f.args}
	found := session.ToVerify(ctx, env, config, wanted.Selects, f.mayName)
	if err := ctx.Err(); err != nil {
		found.CloseAll()
		return config, found, failure.New("Interrupted", err)
	}
	if len(found.Copies)+len(found.Vanished) == 0 && len(found.Missing) == 0 && len(f.args) > 0 {
		found.CloseAll()
		return config, found, failure.New("Nothing found", failure.Hinted(fmt.Errorf("no set matches %q", f.args), "vmxsync list shows the sets at all places."))
	}
	return config, found, nil
}

// mayName reports whether an argument may name a set at a destination, "nas", or of a VM
// there, "nas/dc01".
func (f verifyFlags) mayName(scope string) bool {
	return len(f.args) == 0 || slices.ContainsFunc(f.args, func(glob string) bool {
		parts := strings.Split(glob, "/")
		for i, name := range strings.Split(scope, "/") {
			switch {
			case i == len(parts) || parts[i] == "**":
				return true
			case parts[i] != name && !doublestar.MatchUnvalidated(parts[i], name):
				return false
			}
		}
		return true
	})
}

// run verifies the copies, and prints what happens where people read it.
func (f verifyFlags) run(ctx context.Context, out *ui.UI, found session.Verifiable, o verify.Options) (verify.Result, error) {
	if !f.json {
		transfers := progress.NewTransfers(time.Now)
		printer := events.New(out, transfers)
		defer printer.Restored(nil)
		o.Events = func(e event.Event) {
			transfers.Event(e)
			events.Log(out, e)
			printer.Event(e)
		}
		var bytes int64
		for _, c := range found.Copies {
			bytes += c.Set.Bytes()
		}
		o.Events(event.Started{Changes: len(found.Copies), Bytes: bytes})
	}
	return verify.Run(ctx, found.Copies, o)
}

// warnOfRecords warns once of each place where proofs could not be recorded: the next run
// begins there with the same files.
func warnOfRecords(out *ui.UI, r verify.Result) {
	told := map[string]bool{}
	for _, s := range r.Sets {
		if s.Unrecorded != nil && !told[s.Copy.Place] {
			told[s.Copy.Place] = true
			out.WarnOf("What was proven could not be recorded", failure.Hinted(fmt.Errorf("%s: %w", s.Copy.Address(), s.Unrecorded), "The next run reads the same files again. Let the account write below the work folder of the destination."))
		}
	}
}

// warnOfRecord warns of destinations where damage could not be recorded.
func warnOfRecord(out *ui.UI, recorded error) {
	if recorded == nil {
		return
	}
	for _, err := range failure.Unjoin(recorded) {
		why := session.LockFailure(err)
		out.WarnOf("The damage could not be recorded", failure.Hinted(err, cmp.Or(providers.Hint(why), "Until it is, the set counts as complete. Run vmxsync verify, which finds it again.")))
	}
}

// show prints the result, and writes the report.
func (f verifyFlags) show(out *ui.UI, doc proofs.Document) error {
	text, err := doc.JSON()
	if err != nil {
		return err
	}
	if f.report != "" {
		if err := files.Replace(f.report, text, os.FileMode(0o666)); err != nil {
			return failure.New("The report cannot be written", err)
		}
	}
	if f.json {
		out.PrintJSON(string(text))
		out.JSON = false // what does not hold is in the document: stderr has it as text
		return nil
	}
	out.Result("\n" + doc.Text())
	return nil
}

// verdict is the error of what does not hold, or was not asked. recorded is how the findings
// were recorded.
func (f verifyFlags) verdict(out *ui.UI, r verify.Result, found session.Verifiable, recorded error) error {
	var bad, unasked []error
	for _, s := range r.Sets {
		for _, line := range proofs.Faults(s) {
			err := failure.Reworded(s.Copy.Address()+": "+line, verify.ErrBad)
			if !s.Vanished.IsZero() {
				err = failure.Hinted(err, "Look at the server first. The next apply sends it again if the source still holds it. To accept the loss: vmxsync plan -accept="+flags.Quoted(s.Copy.Address())+" -out=plan.out")
			}
			bad = append(bad, err)
		}
		for _, line := range proofs.Unasked(s) {
			unasked = append(unasked, failure.Reworded(s.Copy.Address()+": "+line, verify.ErrUnasked))
		}
	}
	for _, err := range found.Unread() {
		unasked = append(unasked, failure.Hinted(failure.Reworded(err.Error(), verify.ErrUnasked), providers.Hint(err)))
	}
	if len(bad) == 0 {
		return failure.New("Some copies could not be asked", errors.Join(unasked...))
	}
	for _, err := range unasked {
		out.WarnOf("Some copies could not be asked", err)
	}
	switch {
	case recorded != nil:
		warnOfRecord(out, recorded)
		bad = append(bad, failure.Reworded("the damage is not recorded: run vmxsync verify again", errors.Join(recorded, verify.ErrBad)))
	case f.dir == "" && slices.ContainsFunc(r.Sets, func(s verify.Set) bool { _, damaged := s.Damage(); return damaged }):
		bad[len(bad)-1] = failure.Hinted(bad[len(bad)-1], report.DamagedHint)
	}
	if len(bad) == len(found.Vanished) {
		return failure.New("Sets have vanished", errors.Join(bad...))
	}
	return failure.New("Copies do not match their manifests", errors.Join(bad...))
}
