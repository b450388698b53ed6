package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

type forceUnlockFlags struct {
	given
	vars  []hclconfig.VarArg
	force bool
}

func forceUnlockCommand(env *session.Env, out *ui.UI, stdin io.Reader) *cli.Command {
	f := &forceUnlockFlags{}
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
		Flags:              f.flags(),
		Action:             func(c *cli.Context) error { f.given = givenTo(c); return forceUnlock(c.Context, env, out, stdin, *f) },
	}
}

func (f *forceUnlockFlags) flags() []cli.Flag {
	return append(varFlags(&f.vars), &cli.BoolFlag{Name: "force", Destination: &f.force, Usage: "do not ask"})
}

const unlocking = `
Do you really want to remove the lock %s?
  An apply that still runs stops before its next change. Nothing else is removed.
  Only 'yes' will be accepted to confirm.

  Enter a value: `

// forceUnlock removes the lock of the given holder, and of no other.
func forceUnlock(ctx context.Context, env *session.Env, out *ui.UI, stdin io.Reader, f forceUnlockFlags) error {
	name, id, err := f.lockArgument()
	if err != nil {
		return err
	}
	ask := !f.force
	if ask && !ui.IsTerminal(stdin) {
		return failure.New("Confirmation is needed", failure.Hinted(errors.New("there is no terminal to ask on"), "Run vmxsync force-unlock -force "+wording.Quoted(f.first())+"."))
	}
	config, err := env.Configuration(f.vars)
	if err != nil {
		return err
	}
	d, err := destination(config.Spec, name)
	if err != nil {
		return err
	}
	store, err := env.Open(ctx, d.Name, d.Type, d.Settings, config.Secrets)
	if err != nil {
		return failure.New("The lock cannot be removed", fmt.Errorf("%s: %w", d.Name, err))
	}
	defer store.Close()
	if ask {
		if err := confirm(ctx, out, stdin, fmt.Sprintf(unlocking, providers.Escape(f.first())), "The lock was not removed"); err != nil {
			return err
		}
	}
	holder, err := lock.Force(ctx, lock.Place{Name: d.Name, Store: store, Work: state.WorkDir(d.WorkDir)}, id)
	if err != nil {
		return failure.New("The lock cannot be removed", err)
	}
	out.Result(providers.Escape(fmt.Sprintf("The lock of %s was removed. It was held by %s.", d.Name, holder.Who())) + "\n")
	return nil
}

func (f forceUnlockFlags) lockArgument() (name, id string, err error) {
	const way = "Write vmxsync force-unlock DESTINATION/ID, as apply prints it if the destination is locked."
	if len(f.args) > 1 {
		return "", "", failure.Usage(f.tooMany(), way)
	}
	name, id, ok := strings.Cut(f.first(), "/")
	if !ok || name == "" || id == "" {
		return "", "", failure.Usage(fmt.Errorf("%q is not DESTINATION/ID", f.first()), way)
	}
	return name, id, nil
}
