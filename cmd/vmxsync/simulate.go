package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
	"github.com/vmxsync/vmxsync/state/wording"
)

func (p *process) simulateCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:  "simulate",
		Usage: "simulate a retention policy over time",
		Description: "Begins without sets, adds one after each -every, and decides as plan does which are kept.\n" +
			"Connects to no server and opens no folder of backups.\n\n" +
			"   vmxsync retention simulate\n" +
			"   vmxsync retention simulate -policy=gfs -every=12h -for=3y -size=40GiB",
		CustomHelpTemplate: exitCodes(),
		Flags:              append(varFlags(&args.vars), simulateFlags()...),
		Action:             func(c *cli.Context) error { return p.simulate(c, args) },
	}
}

func simulateFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "every", Usage: "add a set after each `DURATION`", Value: "24h"},
		&cli.StringFlag{Name: "for", Usage: "simulate this `DURATION`, such as 800d or 2y", Value: "800d"},
		&cli.StringFlag{Name: "policy", Usage: "the retention `NAME`; optional if there is only one"},
		&cli.StringFlag{Name: "size", Usage: "`SIZE` of each set, such as 40GiB"},
		jsonFlag("print one JSON document"),
	}
}

// maxSets is the largest number of sets that is simulated.
const maxSets = 50_000

// maxDecisions is the largest number of decisions: a policy that keeps everything
// decides on ever more sets. That many decisions take some seconds.
const maxDecisions = 5_000_000

// simulation holds the parameters from the flags.
type simulation struct {
	policy state.Policy
	from   state.Stamp
	every  time.Duration
	sets   int
	size   providers.Size
}

func (p *process) simulate(c *cli.Context, args arguments) error {
	if err := noArguments(c); err != nil {
		return err
	}
	ask, err := p.simulation(c, args)
	if err != nil {
		return err
	}
	decided := 0
	sim := retention.Simulate(ask.policy, ask.from, ask.every, ask.sets, int64(ask.size), func(held int) bool {
		decided += held
		return decided > maxDecisions || c.Context.Err() != nil
	})
	if err := c.Context.Err(); err != nil {
		return failure.New("Interrupted", err)
	}
	if sim.Sets < ask.sets {
		return failure.Usage(fmt.Errorf("after %d sets the policy holds %d of them: too many to continue", sim.Sets, len(sim.Held)), "Write a longer -every or a shorter -for.")
	}
	result := ask.result(sim)
	if c.Bool("json") {
		text, err := json.MarshalIndent(result, "", "  ")
		p.ui.PrintJSON(string(text) + "\n")
		return err
	}
	p.ui.Print(result.Text(render.Style{Width: p.ui.Width}))
	return nil
}

func (p *process) simulation(c *cli.Context, args arguments) (simulation, error) {
	var ask simulation
	spec, _, err := p.configuration(c, args)
	if err != nil {
		return ask, err
	}
	at, err := p.clock()
	if err != nil {
		return ask, err
	}
	if ask.policy, err = chosenPolicy(spec, c.String("policy")); err != nil {
		return ask, err
	}
	ask.from = state.NewStamp(at.now)
	if ask.every, err = span(at.now, "every", c.String("every")); err != nil {
		return ask, err
	}
	if ask.every < time.Second {
		return ask, failure.Usage(fmt.Errorf("-every: %s is less than a second, and two sets would have one name", c.String("every")), "Write a longer -every.")
	}
	long, err := span(at.now, "for", c.String("for"))
	if err != nil {
		return ask, err
	}
	ask.sets = int(long/ask.every) + 1
	if ask.sets > maxSets {
		return ask, failure.Usage(fmt.Errorf("a set every %s for %s is more than %d sets", c.String("every"), c.String("for"), maxSets), "Write a longer -every or a shorter -for.")
	}
	if text := c.String("size"); text != "" {
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
	s, err := state.ParseSpan(text)
	if err != nil {
		return 0, failure.Usage(fmt.Errorf("-%s: %w", flag, err), "")
	}
	const far = 200 * 365 * 24 * time.Hour // what a time.Duration can hold
	if d := now.Sub(s.Before(now)); d < far {
		return d, nil
	}
	return 0, failure.Usage(fmt.Errorf("-%s: %q is too long", flag, text), "Write at most 200 years.")
}

func chosenPolicy(spec *state.Spec, name string) (state.Policy, error) {
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
