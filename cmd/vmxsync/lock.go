package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func lockTimeoutFlag() cli.Flag {
	return &cli.DurationFlag{Name: "lock-timeout", Usage: "wait `DURATION` for a destination that another apply has locked", DefaultText: "not at all"}
}

// heldLocks are the locks that an apply needs before it reads its journal.
type heldLocks struct {
	machine  *lock.Machine
	patience time.Duration // how long to wait for a lock that is held
	journal  *lock.File    // nil for -check, which writes no journal
}

// acquireLocks locks the journal at record against other applies of this user: their
// lines would mix.
func (p *process) acquireLocks(c *cli.Context, record string) (heldLocks, error) {
	t := heldLocks{patience: c.Duration("lock-timeout")}
	if t.patience < 0 {
		return t, failure.Usage(fmt.Errorf("-lock-timeout=%s is negative", t.patience), "Without it, an apply ends at once if a destination is locked.")
	}
	dir, err := p.madeStateDir()
	if err != nil {
		return t, err
	}
	t.machine = lock.Here(filepath.Join(dir, "locks"))
	path, err := filepath.Abs(record)
	if err != nil || c.Bool("check") {
		return t, err
	}
	t.journal, err = t.machine.TakeFile(c.Context, "the journal "+record, "journal "+path, t.patience)
	return t, lockFailure(err)
}

func (t heldLocks) release() {
	if t.journal != nil {
		t.journal.Release()
	}
}

// lockFailure adds to the error of a lock how to get past it; other errors are
// returned as they are.
func lockFailure(err error) error {
	held, isHeld := errors.AsType[*lock.HeldError](err)
	switch {
	case isHeld && held.Here:
		return failure.New("Another apply is running", failure.Hinted(err, "Wait until it has ended, or let this one wait for it: -lock-timeout=1h."))
	case isHeld:
		return failure.New("Destination is locked", failure.Hinted(err, lockHint(held)))
	case errors.Is(err, lock.ErrLost):
		return failure.New("The lock was lost", failure.Hinted(err, "Completed changes are kept. When the other apply has ended, make a new plan, or run the same command again."))
	}
	return err
}

func lockHint(held *lock.HeldError) string {
	wait := fmt.Sprintf("-lock-timeout=2m waits for the lock, and takes it over if it shows no activity for %s.", lock.Lease)
	if held.Holder.ID == "" {
		return wait
	}
	return fmt.Sprintf("%s If that apply is known to be dead: vmxsync force-unlock %s", wait,
		quoted(held.Destination+"/"+providers.Escape(held.Holder.ID)))
}

func (p *process) forceUnlockCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:      "force-unlock",
		Usage:     "remove the lock of an apply that is dead",
		ArgsUsage: "DESTINATION/ID",
		Description: "Removes the lock of that destination if ID holds it, and nothing else. An apply that finds\n" +
			"a destination locked prints who holds the lock, and the ID. This is seldom needed: the next\n" +
			"apply on the same machine takes over the lock of a dead apply at once, and an apply on\n" +
			"another machine with -lock-timeout=2m.\n\n" +
			"   vmxsync force-unlock nas/3f2a9c41d07b",
		CustomHelpTemplate: exitCodes(),
		Flags:              append(varFlags(&args.vars), forceUnlockFlags()...),
		Action:             func(c *cli.Context) error { return p.forceUnlock(c, args) },
	}
}

func forceUnlockFlags() []cli.Flag {
	return []cli.Flag{&cli.BoolFlag{Name: "force", Usage: "do not ask"}}
}

const unlocking = `
Do you really want to remove the lock %s?
  An apply that still runs stops before its next change. Nothing else is removed.
  Only 'yes' will be accepted to confirm.

  Enter a value: `

// forceUnlock removes the lock of the given holder, and of no other.
func (p *process) forceUnlock(c *cli.Context, args arguments) error {
	name, id, err := lockArgument(c)
	if err != nil {
		return err
	}
	ask := !c.Bool("force")
	if ask && !ui.IsTerminal(p.stdin) {
		return failure.New("Confirmation is needed", failure.Hinted(errors.New("there is no terminal to ask on"), "Run vmxsync force-unlock -force "+quoted(c.Args().First())+"."))
	}
	spec, secrets, err := p.configuration(c, args)
	if err != nil {
		return err
	}
	d, err := destination(spec, name)
	if err != nil {
		return err
	}
	store, err := p.open(c.Context, d.Name, d.Type, d.Settings, secrets)
	if err != nil {
		return failure.New("The lock cannot be removed", fmt.Errorf("%s: %w", d.Name, err))
	}
	defer store.Close()
	if ask {
		if err := p.confirm(c.Context, fmt.Sprintf(unlocking, providers.Escape(c.Args().First())), "The lock was not removed"); err != nil {
			return err
		}
	}
	holder, err := lock.Force(c.Context, lock.Place{Name: d.Name, Store: store, Work: state.WorkDir(d.WorkDir)}, id)
	if err != nil {
		return failure.New("The lock cannot be removed", err)
	}
	p.ui.Result(providers.Escape(fmt.Sprintf("The lock of %s was removed. It was held by %s.", d.Name, holder.Who())) + "\n")
	return nil
}

func lockArgument(c *cli.Context) (name, id string, err error) {
	const way = "Write vmxsync force-unlock DESTINATION/ID, as apply prints it if the destination is locked."
	if c.NArg() > 1 {
		return "", "", failure.Usage(tooMany(c), way)
	}
	name, id, ok := strings.Cut(c.Args().First(), "/")
	if !ok || name == "" || id == "" {
		return "", "", failure.Usage(fmt.Errorf("%q is not DESTINATION/ID", c.Args().First()), way)
	}
	return name, id, nil
}
