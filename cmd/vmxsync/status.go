package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func (p *process) statusCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:  "status",
		Usage: "show how each VM stands at each destination",
		Description: "Says per VM and destination which complete set is the newest, how old it is, how many are\n" +
			"held, and what plan would do. Works where a source is missing: no plan can be made then.\n\n" +
			"   vmxsync status\n" +
			"   vmxsync status -detailed-exitcode   (for a monitor)\n" +
			"   vmxsync status -json",
		CustomHelpTemplate: exitCodes("2    a VM is behind, not fresh, not backed up or not readable, has vanished or suspicious sets, or no plan can be made (with -detailed-exitcode)"),
		Flags:              append(varFlags(&args.vars), statusFlags()...),
		Action:             func(c *cli.Context) error { return p.status(c, args) },
	}
}

func statusFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit with 2 if a VM is behind or not fresh, has vanished or suspicious sets, or no plan can be made"},
		parallelismFlag("read at most `N` places at once", "all"),
		jsonFlag("print one JSON document"),
	}
}

// standing is what status prints, as a document; field names are a promise.
type standing struct {
	Format  string          `json:"format"`
	Now     time.Time       `json:"now"`
	OK      bool            `json:"ok"` // nothing is behind, not fresh or not readable
	Places  []standingPlace `json:"places"`
	Groups  []standingGroup `json:"groups"`
	Plan    *diff.Summary   `json:"plan"` // null where no plan can be made
	NoPlan  []string        `json:"no_plan,omitempty"`
	Notices []diff.Notice   `json:"notices"` // of the plan
}

type standingPlace struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	Error string `json:"error,omitempty"`
}

// standingGroup is one VM at one destination.
type standingGroup struct {
	Destination string              `json:"destination"`
	VM          string              `json:"vm"`
	Rule        string              `json:"rule,omitempty"`    // orphan, unassigned
	Unknown     string              `json:"unknown,omitempty"` // why what is there is not known
	Newest      string              `json:"newest,omitempty"`  // address of the newest complete set
	Time        time.Time           `json:"time,omitzero"`
	AgeSeconds  int64               `json:"age_seconds,omitempty"`
	Sets        int                 `json:"sets"` // complete ones
	Bytes       int64               `json:"bytes"`
	Others      map[state.State]int `json:"others"`
	Adopted     int                 `json:"adopted,omitempty"`  // of Sets, without sums
	Vanished    int                 `json:"vanished,omitempty"` // recorded sets that are absent
	FreshWithin state.Span          `json:"fresh_within,omitzero"`
	Fresh       *bool               `json:"fresh"` // null: not judged
	Behind      bool                `json:"behind"`
	Unreadable  string              `json:"unreadable,omitempty"`    // why what the source holds of it could not be read
	NotBackedUp string              `json:"not_backed_up,omitempty"` // why its newest set is not complete here, and will not be
	Plan        *standingPlan       `json:"plan"`                    // null where no plan can be made
}

type standingPlan struct {
	Add     int `json:"add"`
	Change  int `json:"change"`
	Destroy int `json:"destroy"`
}

func (p *process) status(c *cli.Context, args arguments) error {
	if err := noArguments(c); err != nil {
		return err
	}
	var err error
	if p.parallelism, err = parallelism(c); err != nil {
		return err
	}
	spec, secrets, err := p.configuration(c, args)
	if err != nil {
		return err
	}
	in, w, err := p.input(c.Context, spec, secrets, diff.Options{Partial: true})
	defer w.close()
	if err != nil {
		return err
	}
	w.proveAll(c.Context)
	plan, noPlan := provenPlan(c.Context, in, w)
	if err := c.Context.Err(); err != nil {
		return err
	}
	all, err := diff.Standings(in)
	if err != nil && noPlan == nil {
		return failure("Planning failed", err)
	}
	doc := newStanding(in, plan, noPlan, all)
	missing := failure("A place cannot be read", unreadDestinations(in.Spec, in.Inventories))
	if c.Bool("json") {
		text, _ := json.MarshalIndent(doc, "", "  ") // of strings and numbers alone
		p.voice.printJSON(string(text) + "\n")
	} else {
		p.printStanding(doc, plan)
		p.tellNoPlan(noPlan)
	}
	return cmp.Or(told(missing, c.Bool("json")), standingStatus(c, doc))
}

// told leaves only the exit code of an error that a document has told.
func told(err error, json bool) error {
	if err != nil && json {
		return status(exitError)
	}
	return err
}

func standingStatus(c *cli.Context, doc standing) error {
	if c.Bool("detailed-exitcode") && !doc.OK {
		return status(exitChanges)
	}
	return nil
}

// tellNoPlan warns: what is at the destinations can be shown without a plan.
func (p *process) tellNoPlan(err error) {
	if err == nil || errors.Is(err, diff.ErrNothingReachable) { // told as such
		return
	}
	for _, one := range unjoin(err) {
		p.voice.warnOf("No plan can be made", one)
	}
}

// unreadDestinations are those that should be there and could not be read.
func unreadDestinations(spec *state.Spec, inventories map[string]state.Inventory) error {
	var errs []error
	for _, d := range spec.Destinations {
		if err := inventories[d.Name].Err; err != nil && !d.Optional {
			errs = append(errs, hinted(fmt.Errorf("destination %q: %w", d.Name, err), providers.Hint(err)))
		}
	}
	return errors.Join(errs...)
}

func newStanding(in diff.Input, plan *diff.Plan, noPlan error, all []diff.Standing) standing {
	doc := standing{
		Format: "vmxsync.status/1", Now: in.Now.UTC(), OK: noPlan == nil && unreadDestinations(in.Spec, in.Inventories) == nil,
		Places: standingPlaces(in), Groups: []standingGroup{}, Notices: []diff.Notice{},
	}
	if plan != nil {
		doc.Plan, doc.Notices = &plan.Summary, slices.Concat(doc.Notices, plan.Notices)
	}
	if noPlan != nil {
		for _, one := range unjoin(noPlan) {
			doc.NoPlan = append(doc.NoPlan, one.Error())
		}
	}
	doc.OK = doc.OK && (plan == nil || len(plan.Failures()) == 0)
	todo := planned(plan)
	for _, s := range all {
		g := newStandingGroup(s, in.Now)
		if plan != nil {
			what := todo[state.Scope(s.Destination, s.VM)]
			g.Plan, g.Behind = &what, what.Add+what.Change > 0
		}
		doc.OK = doc.OK && !g.Behind && !s.Stale && s.Unknown == "" && s.Unreadable == "" && s.NotBackedUp == "" &&
			s.Vanished == 0 && s.Others[state.Suspicious] == 0
		doc.Groups = append(doc.Groups, g)
	}
	return doc
}

func standingPlaces(in diff.Input) []standingPlace {
	var places []standingPlace
	add := func(name, role string) {
		place := standingPlace{Name: name, Role: role}
		if err := in.Inventories[name].Err; err != nil {
			place.Error = err.Error()
		}
		places = append(places, place)
	}
	for _, s := range in.Spec.Sources {
		add(s.Name, "source")
	}
	for _, d := range in.Spec.Destinations {
		add(d.Name, "destination")
	}
	return places
}

// planned counts the changes of each group.
func planned(plan *diff.Plan) map[string]standingPlan {
	all := map[string]standingPlan{}
	if plan == nil {
		return all
	}
	for _, c := range plan.Changes {
		place, k, _ := state.SplitAddress(c.Address)
		n := all[state.Scope(place, k.VM)]
		switch c.Action {
		case diff.Create:
			n.Add++
		case diff.Update:
			n.Change++
		case diff.Delete:
			n.Destroy++
		}
		all[state.Scope(place, k.VM)] = n
	}
	return all
}

func newStandingGroup(s diff.Standing, now time.Time) standingGroup {
	g := standingGroup{
		Destination: s.Destination, VM: s.VM, Rule: s.Rule, Unknown: s.Unknown,
		Unreadable: s.Unreadable, NotBackedUp: s.NotBackedUp,
		Sets: s.Counted, Bytes: s.Bytes, Others: s.Others, FreshWithin: s.FreshWithin,
		Adopted: s.Adopted, Vanished: s.Vanished,
	}
	if s.Newest != "" {
		g.Newest = state.Address(s.Destination, state.Key{VM: s.VM, Stamp: s.Newest})
		g.Time, g.AgeSeconds = s.At.UTC(), int64(now.Sub(s.At).Seconds())
	}
	if !s.FreshWithin.IsZero() {
		fresh := !s.Stale
		g.Fresh = &fresh
	}
	return g
}
