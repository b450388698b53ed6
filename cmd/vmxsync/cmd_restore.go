package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
)

type restoreFlags struct {
	given
	vars              []hclconfig.VarArg
	to                string
	include           cli.StringSlice
	requireSums, json bool
	parallelism       int
	url               byURL
}

func restoreCommand(env *session.Env, out *ui.UI, stdin io.Reader) *cli.Command {
	f := &restoreFlags{}
	return &cli.Command{
		Name:      "restore",
		Usage:     "bring sets back from a destination",
		ArgsUsage: "ADDRESS...",
		Description: "Copies sets to DIR/VM/TIME, and proves every byte of them. Overwrites nothing, and changes\n" +
			"nothing at the destination but a mark, which keeps an apply from deleting the sets\n" +
			"meanwhile. If it was interrupted, run it again to continue.\n" +
			"ADDRESS is DESTINATION/VM/TIME; each part may be a glob, and TIME also latest,\n" +
			"latest-verified, or @2026-11-20 for the newest set at or before that day's end.\n\n" +
			"   vmxsync restore nas/dc01/latest -to=/srv/restored\n" +
			"   vmxsync restore \"*/dc01/2026-11-21-010000\" -to=/srv/restored   (from the best place)\n" +
			"   vmxsync restore nas/dc01/latest -to=/srv/restored -include=\"*.vmx\"\n" +
			"   vmxsync restore dc01/latest -to=/srv/restored -url=ftp://backup@nas.example.com/vm-backups\n" +
			"   vmxsync restore nas/dc01/latest:dc01.vmx -to=-   (one file, to standard output)\n" +
			"   vmxsync plan -restore=nas/dc01/latest -to=/srv/restored -out=restore.out",
		CustomHelpTemplate: exitCodes(
			"3    some sets could not be restored, the others are",
			"6    another restore to the same folder is running",
			"130  interrupted; the same command continues"),
		Flags: f.flags(),
		Action: func(c *cli.Context) error {
			f.given = givenTo(c)
			f.url.Ask = passwordFrom(out, stdin)
			return f.url.explained(restoreSets(c.Context, env, out, *f))
		},
	}
}

func (f *restoreFlags) flags() []cli.Flag {
	return slices.Concat(varFlags(&f.vars), f.url.flags("restore from"), []cli.Flag{
		&cli.StringFlag{Name: "to", Destination: &f.to, Usage: "restore to `DIR`/VM/TIME; DIR is made if it is missing; - writes the one file of ADDRESS:FILE to standard output"},
		includeFlag(&f.include),
		&cli.BoolFlag{Name: "require-sums", Destination: &f.requireSums, Usage: "refuse sets without checksums"},
		parallelismFlag(&f.parallelism, "transfer at most `N` files at once", "as many as the destination has connections"),
		jsonFlag(&f.json, "print one JSON event per line"),
	})
}

func includeFlag(to *cli.StringSlice) cli.Flag {
	return &cli.StringSliceFlag{Name: "include", Destination: to, Usage: "restore only the files that match `GLOB`; may be repeated"}
}

// restoreSets plans a restore and carries it out.
func restoreSets(ctx context.Context, env *session.Env, out *ui.UI, f restoreFlags) error {
	if err := f.checkParallelism(f.parallelism); err != nil {
		return err
	}
	catchSIGPIPE()
	config, addresses, err := f.places(ctx, env)
	if err != nil {
		return err
	}
	planned, err := planRestore(ctx, env, config, wantedSets{addresses, f.to, f.include.Value(), f.requireSums})
	if err != nil {
		return err
	}
	defer planned.world.CloseAll()
	if f.to == toStdout {
		return logged(out, env, planned.plan, func() error { return copyToStdout(ctx, env, out, planned) })
	}
	if !f.json {
		out.Result(restoreText(out, planned.plan) + "\n")
	}
	return logged(out, env, planned.plan, func() error {
		return carryOutRestore(ctx, env, out, planned.plan, planned.world.Stores, f.parallelism)
	})
}

// places are the destinations, and the addresses in them: with -url, VM/TIME is enough.
func (f restoreFlags) places(ctx context.Context, env *session.Env) (session.Config, []string, error) {
	config, err := f.url.config(ctx, env, f.given, f.vars)
	if !f.set("url") {
		return config, f.args, err
	}
	var addresses []string
	for _, a := range f.args {
		if strings.Count(strings.SplitN(a, ":", 2)[0], "/") == 1 {
			a = session.URLName + "/" + a
		}
		addresses = append(addresses, a)
	}
	return config, addresses, err
}

// wantedSets is what a person asks for.
type wantedSets struct {
	addresses   []string
	to          string
	include     []string
	requireSums bool
}

// plannedRestore is the plan of a restore; the world stays open.
type plannedRestore struct {
	plan  *restore.Plan
	world *session.World
}

// planRestore reads the destinations and plans a restore. The caller closes the world,
// unless there is an error.
func planRestore(ctx context.Context, env *session.Env, config session.Config, want wantedSets) (plannedRestore, error) {
	in, err := want.input()
	if err != nil {
		return plannedRestore{}, err
	}
	in, world := session.Restorable(ctx, env, config, in)
	plan, err := restore.Compute(in)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		world.CloseAll()
		return plannedRestore{}, failure.New("Nothing was restored", failure.Hinted(err, cmp.Or(providers.Hint(err), "vmxsync list shows the sets at all places.")))
	}
	plan.Log = config.Spec.Log
	for _, v := range config.Spec.Variables {
		if v.Sensitive {
			plan.ApplyTimeVariables = append(plan.ApplyTimeVariables, v.Name)
		}
	}
	slices.Sort(plan.ApplyTimeVariables)
	return plannedRestore{plan, world}, nil
}

// input checks what was asked for.
func (w wantedSets) input() (restore.Input, error) {
	in := restore.Input{Include: w.include, RequireSums: w.requireSums}
	if len(w.addresses) == 0 {
		return in, failure.Usage(errors.New("no address given"), "vmxsync restore ADDRESS -to=DIR; vmxsync list shows the sets.")
	}
	for _, text := range w.addresses {
		a, err := restore.ParseAddress(text)
		if err != nil {
			return in, failure.Usage(err, "vmxsync restore nas/dc01/latest -to=DIR")
		}
		in.Addresses = append(in.Addresses, a)
	}
	for _, glob := range w.include {
		if !doublestar.ValidatePattern(glob) {
			return in, failure.Usage(fmt.Errorf("%q is not a valid glob", glob), "Write a pattern such as -include=\"*.vmx\".")
		}
	}
	if err := w.checkStdout(in.Addresses); err != nil {
		return in, err
	}
	if strings.TrimSpace(w.to) == "" {
		return in, failure.Usage(errors.New("-to is missing"), "Name the folder to restore to: -to=DIR")
	}
	to, err := filepath.Abs(w.to)
	in.To = to
	return in, err
}

func restoreText(out *ui.UI, plan *restore.Plan) string {
	var b strings.Builder
	render.Restore(&b, plan, freeAt(plan.To), render.Style{Color: out.Color, Width: out.Width}) // a Builder takes all
	return b.String()
}

// freeAt is the room at a folder, or where it would be made; less than zero: not known.
func freeAt(dir string) int64 {
	for {
		if n, err := localFree(dir); err == nil {
			return n
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return -1
		}
		dir = parent
	}
}
