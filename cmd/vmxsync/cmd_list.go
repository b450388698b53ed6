package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/listing"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

type listFlags struct {
	given
	vars             []hclconfig.VarArg
	url              byURL
	destination      string
	files, all, json bool
}

func listCommand(env *session.Env, out *ui.UI, stdin io.Reader) *cli.Command {
	f := &listFlags{}
	return &cli.Command{
		Name:      "list",
		Usage:     "list the sets at all places",
		ArgsUsage: "[VM...]",
		Description: "Lists the sets at all places: state, files, size, age, and how and when each was last proven\n" +
			"by verify. VM may be a glob. Also works if a source cannot be read.\n\n" +
			"   vmxsync list\n" +
			"   vmxsync list dc01 \"sql-*\" -destination=nas -files\n" +
			"   vmxsync list -url=ftp://backup@nas.example.com/vm-backups\n" +
			"   vmxsync list -all -json > nas.json   (staging, trash and foreign names too; for plan -inventory)",
		CustomHelpTemplate: exitCodes(),
		Flags:              f.flags(),
		Action: func(c *cli.Context) error {
			f.given = givenTo(c)
			f.url.Ask = passwordFrom(out, stdin)
			return list(c.Context, env, out, *f)
		},
	}
}

func (f *listFlags) flags() []cli.Flag {
	return slices.Concat(varFlags(&f.vars), f.url.flags("list"), []cli.Flag{
		&cli.StringFlag{Name: "destination", Destination: &f.destination, Usage: "list destination `NAME` only"},
		&cli.BoolFlag{Name: "files", Destination: &f.files, Usage: "show the files of each set"},
		&cli.BoolFlag{Name: "all", Destination: &f.all, Usage: "show staging, trash and foreign names too"},
		jsonFlag(&f.json, "print one JSON document"),
	})
}

func list(ctx context.Context, env *session.Env, out *ui.UI, f listFlags) error {
	config, err := f.url.config(ctx, env, f.given, f.vars)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := checkGlobs(f.args); err != nil {
		return err
	}
	if f.destination != "" {
		if err := onlyDestination(spec, f.destination); err != nil {
			return err
		}
	}
	at, err := env.Moment()
	if err != nil {
		return err
	}
	w := session.Read(ctx, env, session.Reading{Config: config, Times: true}, at.Now)
	defer w.CloseAll()
	w.ProveAll(ctx)
	unproven := w.ReadProofs(ctx, spec.Destinations)
	if err := ctx.Err(); err != nil {
		return err
	}
	warnOfProofs(out, unproven)
	wanted := listing.Options{Files: f.files, All: f.all}
	if f.all {
		wanted.Zone = listing.LocalZone(at.Now, env.Lookup)
	}
	if len(f.args) > 0 {
		wanted.VMs = matching(f.args, w.Inventories)
	}
	doc := listing.New(diff.Input{Spec: spec, Inventories: w.Inventories, Now: at.Now}, wanted)
	missing := f.url.explained(failure.New("A place cannot be read", unreadDestinations(spec, w.Inventories)))
	if f.json {
		text, err := json.MarshalIndent(doc, "", "  ")
		out.PrintJSON(string(text) + "\n")
		return cmp.Or(err, inDocument(missing))
	}
	if len(f.args) > 0 && missing == nil && doc.Empty() {
		return failure.New("Nothing found", fmt.Errorf("no VM matches %s", strings.Join(f.args, " or ")))
	}
	out.Print(doc.Text(out.Style, at.Now))
	warnOfSources(out, spec, w.Inventories)
	return missing
}

// warnOfProofs only warns of ledgers that could not be read: what is there is known.
func warnOfProofs(out *ui.UI, unproven error) {
	if unproven == nil {
		return
	}
	for _, err := range failure.Unjoin(unproven) {
		out.WarnOf("What was proven could not be read", err)
	}
}

// warnOfSources only warns of sources that could not be read: the list of the
// destinations is most useful when a source is lost.
func warnOfSources(out *ui.UI, spec *config.Spec, inventories map[string]state.Inventory) {
	for _, s := range spec.Sources {
		if err := inventories[s.Name].Err; err != nil {
			out.WarnOf("A place cannot be read", failure.Hinted(fmt.Errorf("source %q: %w", s.Name, err), providers.Hint(err)))
		}
	}
}

func onlyDestination(spec *config.Spec, name string) error {
	d, err := destination(spec, name)
	if err != nil {
		return err
	}
	spec.Sources, spec.Destinations = nil, []config.Destination{d}
	return nil
}
