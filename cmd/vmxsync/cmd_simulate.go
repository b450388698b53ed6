package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
	"github.com/vmxsync/vmxsync/state/wording"
)

type simulateFlags struct {
	given
	vars                      []hclconfig.VarArg
	every, span, policy, size string
	json                      bool
}

func simulateCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &simulateFlags{}
	return &cli.Command{
		Name:  "simulate",
		Usage: "simulate a retention policy over time",
		Description: "Begins without sets, adds one after each -every, and decides as plan does which are kept.\n" +
			"Connects to no server and opens no folder of backups.\n\n" +
			"   vmxsync retention simulate\n" +
			"   vmxsync retention simulate -policy=gfs -every=12h -for=3y -size=40GiB",
		CustomHelpTemplate: exitCodes(),
		Flags:              f.flags(),
		Action:             func(c *cli.Context) error { f.given = givenTo(c); return simulate(c.Context, env, out, *f) },
	}
}

func (f *simulateFlags) flags() []cli.Flag {
	return append(varFlags(&f.vars),
		&cli.StringFlag{Name: "every", Destination: &f.every, Usage: "add a set after each `DURATION`", Value: "24h"},
		&cli.StringFlag{Name: "for", Destination: &f.span, Usage: "simulate this `DURATION`, such as 800d or 2y", Value: "800d"},
		&cli.StringFlag{Name: "policy", Destination: &f.policy, Usage: "the retention `NAME`; optional if there is only one"},
		&cli.StringFlag{Name: "size", Destination: &f.size, Usage: "`SIZE` of each set, such as 40GiB"},
		jsonFlag(&f.json, "print one JSON document"),
	)
}

// maxSets is the largest number of sets that is simulated.
const maxSets = 50_000

// maxDecisions is the largest number of decisions: a policy that keeps everything
// decides on ever more sets. That many decisions take some seconds.
const maxDecisions = 5_000_000

// simulation holds the parameters from the flags.
type simulation struct {
	policy config.Policy
	from   state.Stamp
	every  time.Duration
	sets   int
	size   providers.Size
}

func simulate(ctx context.Context, env *session.Env, out *ui.UI, f simulateFlags) error {
	if err := f.noArguments(); err != nil {
		return err
	}
	ask, err := f.simulation(env)
	if err != nil {
		return err
	}
	decided := 0
	sim := retention.Simulate(ask.policy, ask.from, ask.every, ask.sets, int64(ask.size), func(held int) bool {
		decided += held
		return decided > maxDecisions || ctx.Err() != nil
	})
	if err := ctx.Err(); err != nil {
		return failure.New("Interrupted", err)
	}
	if sim.Sets < ask.sets {
		return failure.Usage(fmt.Errorf("after %d sets the policy holds %d of them: too many to continue", sim.Sets, len(sim.Held)), "Write a longer -every or a shorter -for.")
	}
	result := ask.result(sim)
	if f.json {
		text, err := json.MarshalIndent(result, "", "  ")
		out.PrintJSON(string(text) + "\n")
		return err
	}
	out.Print(result.Text(render.Style{Width: out.Width}))
	return nil
}

func (f simulateFlags) simulation(env *session.Env) (simulation, error) {
	var ask simulation
	config, err := env.Configuration(f.vars)
	if err != nil {
		return ask, err
	}
	at, err := env.Moment()
	if err != nil {
		return ask, err
	}
	if ask.policy, err = chosenPolicy(config.Spec, f.policy); err != nil {
		return ask, err
	}
	ask.from = state.NewStamp(at.Now)
	if ask.every, err = span(at.Now, "every", f.every); err != nil {
		return ask, err
	}
	if ask.every < time.Second {
		return ask, failure.Usage(fmt.Errorf("-every: %s is less than a second, and two sets would have one name", f.every), "Write a longer -every.")
	}
	long, err := span(at.Now, "for", f.span)
	if err != nil {
		return ask, err
	}
	ask.sets = int(long/ask.every) + 1
	if ask.sets > maxSets {
		return ask, failure.Usage(fmt.Errorf("a set every %s for %s is more than %d sets", f.every, f.span, maxSets), "Write a longer -every or a shorter -for.")
	}
	if text := f.size; text != "" {
		if err := ask.size.UnmarshalText([]byte(text)); err != nil {
			return ask, failure.Usage(fmt.Errorf("-size: %w", err), "")
		}
		if ask.size > math.MaxInt64/maxSets {
			return ask, failure.Usage(fmt.Errorf("-size: %q is too large", text), "")
		}
	}
	return ask, nil
}

// span parses a duration such as 2y, counted from now, or one such as 12h.
func span(now time.Time, flag, text string) (time.Duration, error) {
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	s, err := config.ParseSpan(text)
	if err != nil {
		return 0, failure.Usage(fmt.Errorf("-%s: %w", flag, err), "")
	}
	const far = 200 * 365 * 24 * time.Hour // what a time.Duration can hold
	if d := now.Sub(s.Before(now)); d < far {
		return d, nil
	}
	return 0, failure.Usage(fmt.Errorf("-%s: %q is too long", flag, text), "Write at most 200 years.")
}

func chosenPolicy(spec *config.Spec, name string) (config.Policy, error) {
	var names []string
	for _, p := range spec.Policies {
		names = append(names, p.Name)
	}
	policy, ok := spec.Policy(name)
	switch {
	case ok:
		return policy, nil
	case name == "" && len(names) == 1:
		return spec.Policies[0], nil
	case len(names) == 0:
		return policy, failure.New("No retention", failure.Hinted(errors.New("the configuration has no retention block"), "Write one: retention \"NAME\" { keep_last = 3 }."))
	}
	hint := "Declared: " + strings.Join(names, ", ") + "."
	if name == "" {
		return policy, failure.Usage(errors.New("the configuration has several retention blocks"), "Name one with -policy. "+hint)
	}
	if best := wording.Nearest(name, names); best != "" {
		hint = fmt.Sprintf("Did you mean %q? %s", best, hint)
	}
	return policy, failure.Usage(fmt.Errorf("no retention is named %q", name), hint)
}

// result returns the document that is printed.
func (ask simulation) result(sim retention.Simulation) render.Simulation {
	size := int64(ask.size)
	r := render.Simulation{
		Format: "vmxsync.simulate/1", Policy: ask.policy.Name, Every: providers.Duration(ask.every), Sets: sim.Sets,
		End:   state.NewStamp(ask.from.Civil().Add(time.Duration(sim.Sets-1) * ask.every)),
		Peak:  render.Peak{Sets: sim.Peak, Bytes: int64(sim.Peak) * size, At: sim.PeakAt},
		Bytes: int64(len(sim.Held)) * size, Held: []render.Held{},
	}
	for _, d := range sim.Held {
		r.Held = append(r.Held, render.Held{Time: d.Key.Stamp, Reasons: d.Reasons})
	}
	return r
}
