package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	apply "github.com/vmxsync/vmxsync/apply/restore"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/events"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/progress"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/vmx"
	"github.com/vmxsync/vmxsync/state/wording"
)

// logged writes the log that the configuration asks for around a restore.
func logged(out *ui.UI, env *session.Env, plan *restore.Plan, carryOut func() error) error {
	startLog(out, env, "restore begins", plan.Log)
	for _, s := range plan.Sets {
		out.Log().Add(slog.LevelInfo, "planned", "address", s.Address(), "folder", s.Folder, "bytes", s.Bytes())
	}
	err := carryOut()
	out.Log().Error(err)
	out.Log().Add(slog.LevelInfo, "restore ended", "exit_code", failure.ExitCode(err))
	out.Log().Close()
	return err
}

// carryOutRestore restores the sets of a plan and reports how it ended.
func carryOutRestore(ctx context.Context, env *session.Env, out *ui.UI, plan *restore.Plan, stores map[string]providers.Store, parallelism int) error {
	target, err := openTarget(ctx, plan.To)
	if err != nil {
		return failure.New("The target cannot be used", err)
	}
	defer target.Close()
	release, err := session.LockTarget(ctx, env, plan.To)
	if err != nil {
		return err
	}
	defer release()
	defer session.MarkRestore(ctx, env, plan, stores)()
	transfers := progress.NewTransfers(time.Now)
	printer := events.New(out, transfers)
	result, err := apply.Run(ctx, plan, apply.Options{
		Stores: stores, Target: target, Parallelism: parallelism,
		Events: func(e event.Event) {
			transfers.Event(e)
			events.Log(out, e)
			printer.Event(e)
		},
	})
	printer.Restored(err)
	switch {
	case ctx.Err() != nil:
		return failure.New("Restore was interrupted", failure.Hinted(err, "To continue, run the same command again: what is there and proven is not fetched again."))
	case errors.Is(err, apply.ErrPartial):
		return failure.New("Restore is not complete", restoreFailures(result))
	case err != nil:
		return failure.New("Restore failed", err)
	}
	out.Result(afterRestore(plan, soundness(ctx, plan, target)))
	return nil
}

// toStdout is the target that stands for standard output.
const toStdout = "-"

// checkStdout refuses what cannot be written to standard output, and files for a folder.
func (w wantedSets) checkStdout(addresses []restore.Address) error {
	for _, a := range addresses {
		switch {
		case w.to == toStdout && (a.File == "" || len(addresses) > 1 || len(w.include) > 0):
			return failure.Usage(errors.New("-to=- is for one file"), "vmxsync restore nas/dc01/latest:dc01.vmx -to=-")
		case w.to != toStdout && a.File != "":
			return failure.Usage(fmt.Errorf("%s names a file, which is written to standard output", a.Text), "Write -to=-, or -include=\"FILE\" for a folder.")
		}
	}
	return nil
}

// copyToStdout writes the one file of the plan to standard output, and nothing else.
func copyToStdout(ctx context.Context, env *session.Env, out *ui.UI, planned plannedRestore) error {
	if len(planned.plan.Sets) != 1 {
		return failure.Usage(errors.New("the address names several sets"), "Name one: vmxsync list shows them.")
	}
	for _, note := range planned.plan.Notes {
		out.Warn("About this restore", note, "")
	}
	defer session.MarkRestore(ctx, env, planned.plan, planned.world.Stores)()
	stdout, _ := out.Streams()
	err := apply.Copy(ctx, planned.plan, apply.Options{
		Stores: planned.world.Stores, Events: func(e event.Event) { events.Log(out, e) },
	}, stdout)
	if errors.Is(err, providers.ErrMismatch) {
		return failure.New("The file does not match its checksum", failure.Hinted(err, "What was written is not the file: do not use it."))
	}
	return failure.New("Restore failed", err)
}

// openTarget opens the folder that sets are restored to, and makes it if it is missing.
func openTarget(ctx context.Context, dir string) (*local.Store, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	settings := local.NewSettings()
	settings.Path, settings.Connections = dir, 16
	return local.Open(ctx, settings)
}

// localFree is the room at a folder that is there.
func localFree(dir string) (int64, error) {
	settings := local.NewSettings()
	settings.Path = dir
	store, err := local.Open(context.Background(), settings)
	if err != nil {
		return 0, err
	}
	defer store.Close()
	return store.FreeBytes(context.Background())
}

// restoreFailures are the reasons of the sets that are not there, one error each.
func restoreFailures(r apply.Result) error {
	var errs []error
	for _, o := range r.Failures() {
		for _, one := range failure.Unjoin(o.Err) {
			errs = append(errs, failure.Hinted(failure.Reworded(fmt.Sprintf("%s: %v", o.Address, one), apply.ErrPartial), providers.Hint(one)))
		}
	}
	return errors.Join(errs...)
}

// checkedAlone is how many sets get a line each that checks them again; of more, one command
// reads all.
const checkedAlone = 3

// afterRestore is what to do with the sets that are there. found is what speaks against their
// VMs.
func afterRestore(plan *restore.Plan, found map[state.Key][]vmx.Finding) string {
	var b strings.Builder
	b.WriteString("\nWhat is next:\n")
	together := len(plan.Sets) > checkedAlone && !slices.ContainsFunc(plan.Sets, isPart)
	if together {
		fmt.Fprintf(&b, "  check again:      vmxsync verify -vm -dir=%s\n", wording.Quoted(providers.Escape(plan.To)))
	}
	for _, s := range plan.Sets {
		dir := filepath.Join(plan.To, filepath.FromSlash(s.Folder))
		if !s.NoSums && !together {
			missing := ""
			if isPart(s) {
				missing = " --ignore-missing"
			}
			fmt.Fprintf(&b, "  check again:      cd %s && sha256sum -c%s %s\n", wording.Quoted(providers.Escape(dir)), missing, state.ManifestName)
		}
		for _, f := range s.Files {
			if strings.EqualFold(filepath.Ext(f.Path), ".vmx") {
				fmt.Fprintf(&b, "  register the VM:  %s\n", wording.Quoted(providers.Escape(filepath.Join(dir, filepath.FromSlash(f.Path)))))
			}
		}
		b.WriteString(beforehand(found[s.Key]))
	}
	return b.String()
}

// isPart reports whether not all files of a set are there.
func isPart(s restore.Set) bool { return s.Part || len(s.Missing) > 0 }
