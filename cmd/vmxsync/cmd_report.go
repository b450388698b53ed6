package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	page "github.com/vmxsync/vmxsync/cmd/vmxsync/ui/evidence"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/evidence"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

type reportFlags struct {
	given
	vars                   []hclconfig.VarArg
	format                 string
	detailedExitcode, json bool
}

func reportCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &reportFlags{}
	return &cli.Command{
		Name:  "report",
		Usage: "show what proves that the backups can be restored",
		Description: "Shows, by VM and destination, the last backup, when a copy was last proven and how, the last\n" +
			"restore drill with its result and how long it took, and what is overdue: by fresh_within and\n" +
			"verified_within of the backup, and by the drills. The page is for whoever asks for evidence.\n\n" +
			"   vmxsync report\n" +
			"   vmxsync report -format=html > report.html   (a self-contained page)\n" +
			"   vmxsync report -json\n" +
			"   vmxsync report -detailed-exitcode   (for a monitor)",
		CustomHelpTemplate: exitCodes(
			"2    something is overdue (with -detailed-exitcode)",
			"3    a destination could not be read; the others are reported"),
		Flags: append(varFlags(&f.vars),
			&cli.StringFlag{Name: "format", Destination: &f.format, Usage: "output `FORMAT`: text, json or html (a self-contained page)", Value: "text"},
			&cli.BoolFlag{Name: "detailed-exitcode", Destination: &f.detailedExitcode, Usage: "exit with 2 if something is overdue"},
			jsonFlag(&f.json, "print one JSON document")),
		Action: func(c *cli.Context) error { f.given = givenTo(c); return reportEvidence(c.Context, env, out, *f) },
	}
}

// form is the format of the output: "text", "json" or "html".
func (f reportFlags) form() (string, error) {
	form := f.format
	switch {
	case form != "text" && form != "json" && form != "html":
		return "", failure.Usage(fmt.Errorf("invalid -format %q: want text, json or html", form), "Leave it out for a table.")
	case f.json && f.set("format") && form != "json":
		return "", failure.Usage(fmt.Errorf("-json and -format=%s cannot be used together", form), "Leave out one of the two.")
	case f.json:
		return "json", nil
	}
	return form, nil
}

// reportEvidence reads the destinations and prints the report.
func reportEvidence(ctx context.Context, env *session.Env, out *ui.UI, f reportFlags) error {
	form, err := f.form()
	if err != nil {
		return err
	}
	if err := f.noArguments(); err != nil {
		return err
	}
	out.JSON = form == "json"
	doc, missing, err := readEvidence(ctx, env, out, f)
	if err != nil {
		return err
	}
	switch form {
	case "json":
		text, err := doc.JSON()
		if err != nil {
			return err
		}
		out.PrintJSON(string(text))
		if missing != nil {
			missing = failure.Partial
		}
	case "html":
		var b strings.Builder
		if err := doc.HTML(&b); err != nil {
			return err
		}
		out.Print(b.String())
	default:
		out.Print(doc.Text(out.Style))
	}
	var overdue error
	if f.detailedExitcode && !doc.OK {
		overdue = failure.Changes
	}
	return cmp.Or(missing, overdue)
}

// readEvidence reads all places. missing is the error for destinations that could not be read;
// the document has them as well.
func readEvidence(ctx context.Context, env *session.Env, out *ui.UI, f reportFlags) (doc page.Document, missing, err error) {
	config, err := env.Configuration(f.vars)
	if err != nil {
		return doc, nil, err
	}
	in, w, err := session.Input(ctx, env, session.Reading{Config: config}, diff.Options{Partial: true})
	defer w.CloseAll()
	if err != nil {
		return doc, nil, err
	}
	if err := w.ReadProofs(ctx, in.Spec.Destinations); err != nil {
		out.WarnOf("Not all proofs could be read", err)
	}
	found, unread := w.Drills(ctx, in.Spec.Destinations, in.Now), map[string]error{}
	if err := ctx.Err(); err != nil {
		return doc, nil, err
	}
	standings, err := diff.Standings(in)
	if err != nil {
		out.WarnOf("No plan can be made", err)
	}
	all := evidence.Input{
		Spec: in.Spec, Standings: standings, Now: in.Now, Unread: map[string]bool{},
		Sets: map[string][]state.Set{}, Drills: map[string][]state.Drill{},
	}
	var errs, unusable []error
	for _, d := range in.Spec.Destinations {
		e := found[d.Name]
		all.Sets[d.Name], all.Drills[d.Name], all.Unread[d.Name] = w.Inventories[d.Name].Sets, e.Drills, e.Err != nil
		for _, torn := range e.Torn {
			unusable = append(unusable, fmt.Errorf("%s: %w", d.Name, torn))
			out.WarnOf("The record of a drill cannot be used", unusable[len(unusable)-1])
		}
		if e.Err == nil {
			continue
		}
		unread[d.Name] = e.Err
		if err := e.Err; !diff.IsAbsent(d, err) {
			errs = append(errs, failure.Hinted(failure.Reworded(fmt.Sprintf("%s: %v", d.Name, err), failure.ErrUnread), providers.Hint(err)))
		}
	}
	for _, s := range in.Spec.Sources { // a VM of which no destination holds a set is known there alone
		if err := w.Inventories[s.Name].Err; err != nil {
			unread[s.Name] = err
		}
	}
	about := page.About{Name: in.Spec.Name, Host: session.Host(), At: in.Now, Unread: unread, Unusable: unusable}
	return page.New(evidence.Collect(all), about), failure.New("A destination could not be read", errors.Join(errs...)), nil
}
