package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func (p *process) listCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:      "list",
		Usage:     "list the sets at all places",
		ArgsUsage: "[VM...]",
		Description: "Lists the sets at all places: state, files, size, age. VM may be a glob. Also works if a\n" +
			"source cannot be read.\n\n" +
			"   vmxsync list\n" +
			"   vmxsync list dc01 \"sql-*\" -destination=nas -files\n" +
			"   vmxsync list -all -json > nas.json   (staging, trash and foreign names too; for plan -inventory)",
		CustomHelpTemplate: exitCodes(),
		Flags:              append(varFlags(&args.vars), listFlags()...),
		Action:             func(c *cli.Context) error { return p.list(c, args) },
	}
}

func listFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "destination", Usage: "list destination `NAME` only"},
		&cli.BoolFlag{Name: "files", Usage: "show the files of each set"},
		&cli.BoolFlag{Name: "all", Usage: "show staging, trash and foreign names too"},
		jsonFlag("print one JSON document"),
	}
}

// listing is what list prints, as a document.
type listing struct {
	Format string    `json:"format"`
	Now    time.Time `json:"now"`
	// Zone is the time zone of sources without a timezone attribute; nil in lists of
	// older versions.
	Zone   *zone       `json:"zone,omitempty"`
	Places []listPlace `json:"places"`
}

type listPlace struct {
	Name    string    `json:"name"`
	Role    string    `json:"role"`
	Owner   string    `json:"owner,omitempty"`
	Error   string    `json:"error,omitempty"`
	Sets    []listSet `json:"sets"`
	Foreign []string  `json:"foreign,omitempty"`
	// Inventory is everything that was read, for plan -inventory; only with -all, and
	// if no VMs were selected.
	Inventory *state.Inventory `json:"inventory,omitempty"`
}

type listSet struct {
	Address string `json:"address"`
	VM      string `json:"vm"`
	Time    string `json:"time"`
	State   string `json:"state"`
	Files   int    `json:"files"`
	Bytes   int64  `json:"bytes"`
	Problem string `json:"problem,omitempty"`
	// Verified is how the set was verified, by its manifest: "size", "hash",
	// "readback", "adopted"; "" without a manifest.
	Verified string     `json:"verified,omitempty"`
	Names    []listFile `json:"names,omitempty"`
}

type listFile struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
}

func (p *process) list(c *cli.Context, args arguments) error {
	spec, secrets, err := p.configuration(c, args)
	if err != nil {
		return err
	}
	if err := checkGlobs(c.Args().Slice()); err != nil {
		return err
	}
	if name := c.String("destination"); name != "" {
		if err := onlyDestination(spec, name); err != nil {
			return err
		}
	}
	at, err := p.clock()
	if err != nil {
		return err
	}
	w := p.readWorld(c.Context, spec, secrets, at.now)
	defer w.close()
	w.proveAll(c.Context)
	if err := c.Context.Err(); err != nil {
		return err
	}
	doc := listing{Format: listFormat, Now: at.now.UTC(), Places: []listPlace{}}
	if c.Bool("all") {
		zone := p.localZone(at.now)
		doc.Zone = &zone
	}
	vms := literalNames(c.Args().Slice(), w.inventories)
	add := func(name, role string) {
		doc.Places = append(doc.Places, placeListing(w.inventories[name], role, vms, c.Bool("files"), c.Bool("all")))
	}
	for _, s := range spec.Sources {
		add(s.Name, "source")
	}
	for _, d := range spec.Destinations {
		add(d.Name, "destination")
	}
	in := diff.Input{Spec: spec, Inventories: w.inventories, Now: at.now}
	doc.setState(state.Complete, state.Suspicious, diff.Suspicious(in))
	doc.setState(state.Unmarked, state.Damaged, diff.Stripped(in))
	missing := failure("A place cannot be read", unreadDestinations(spec, w.inventories))
	if c.Bool("json") {
		text, err := json.MarshalIndent(doc, "", "  ")
		p.ui.printJSON(string(text) + "\n")
		return cmp.Or(err, printed(missing, true))
	}
	if c.NArg() > 0 && missing == nil && doc.empty() {
		return failure("Nothing found", fmt.Errorf("no VM matches %s", strings.Join(c.Args().Slice(), " or ")))
	}
	p.ui.print(p.ui.table(doc.rows(at.now)) + doc.totals())
	p.warnOfSources(spec, w.inventories)
	return missing
}

// warnOfSources only warns of sources that could not be read: the list of the
// destinations is most useful when a source is lost.
func (p *process) warnOfSources(spec *state.Spec, inventories map[string]state.Inventory) {
	for _, s := range spec.Sources {
		if err := inventories[s.Name].Err; err != nil {
			p.ui.warnOf("A place cannot be read", hinted(fmt.Errorf("source %q: %w", s.Name, err), providers.Hint(err)))
		}
	}
}

func checkGlobs(globs []string) error {
	for _, glob := range globs {
		if !doublestar.ValidatePattern(glob) {
			return wrongUsage(fmt.Errorf("%q is not a valid glob", glob), "Write the name of a VM, or a pattern with * and ?.")
		}
	}
	return nil
}

func (l listing) empty() bool {
	return !slices.ContainsFunc(l.Places, func(p listPlace) bool { return len(p.Sets) > 0 })
}

func onlyDestination(spec *state.Spec, name string) error {
	d, err := destination(spec, name)
	if err != nil {
		return err
	}
	spec.Sources, spec.Destinations = nil, []state.Destination{d}
	return nil
}

func placeListing(inv state.Inventory, role string, vms []string, files, all bool) listPlace {
	place := listPlace{Name: inv.Place, Role: role, Owner: inv.Owner, Sets: []listSet{}}
	if inv.Err != nil {
		place.Error = inv.Err.Error()
		return place
	}
	for _, s := range inv.Sets {
		place.add(s, files)
	}
	for _, s := range inv.Vanished(inv.Known) {
		k := state.KeyOf(s.Key)
		place.Sets = append(place.Sets, listSet{
			Address: state.Address(inv.Place, k), VM: k.VM, Time: string(k.Stamp), State: string(state.Vanished), Files: s.Files, Bytes: s.Bytes,
			Problem: "last seen " + inv.Known.LastSeen(s).UTC().Format(time.DateOnly) + ", not deleted by vmxsync",
		})
	}
	slices.SortStableFunc(place.Sets, func(a, b listSet) int { return cmp.Or(cmp.Compare(a.VM, b.VM), cmp.Compare(a.Time, b.Time)) })
	for _, vm := range slices.Sorted(maps.Keys(inv.UnknownVMs)) {
		place.Sets = append(place.Sets, listSet{VM: vm, State: string(state.Unknown), Problem: inv.UnknownVMs[vm]})
	}
	for _, vm := range slices.Sorted(maps.Keys(inv.NotWhole)) {
		place.Sets = append(place.Sets, listSet{VM: vm, State: string(state.Unknown), Problem: inv.NotWhole[vm]})
	}
	if all {
		place.addOthers(inv, files)
	}
	if all && len(vms) == 0 {
		place.Inventory = &inv
	}
	place.Sets = slices.DeleteFunc(place.Sets, func(s listSet) bool { return !matchesAny(vms, s.VM) })
	return place
}

// setState gives the sets for which why has a reason, by address, another state.
func (l *listing) setState(from, to state.State, why map[string]string) {
	for _, place := range l.Places {
		for i, s := range place.Sets {
			if reason := why[s.Address]; reason != "" && s.State == string(from) {
				place.Sets[i].State, place.Sets[i].Problem = string(to), reason
			}
		}
	}
}

// shownState is the state in the table, where a set without checksums is adopted.
func (s listSet) shownState() string {
	if s.State == string(state.Complete) && s.Verified == "adopted" {
		return "adopted"
	}
	return s.State
}

// addOthers adds staged sets, trash and foreign names.
func (l *listPlace) addOthers(inv state.Inventory, files bool) {
	for _, s := range inv.Staged {
		s.Set.State = state.Incomplete
		l.add(s.Set, files)
	}
	for _, t := range inv.Trash {
		l.Sets = append(l.Sets, listSet{
			Address: state.Address(l.Name, t.Key), VM: t.VM, Time: string(t.Stamp), State: "trash", Files: len(t.Files), Bytes: t.Bytes(),
		})
	}
	l.Foreign = slices.Concat(inv.Foreign, inv.Links, inv.Unusable, inv.Unsupported)
}

// literalNames makes a glob that equals the name of a VM match that VM only.
func literalNames(globs []string, inventories map[string]state.Inventory) []string {
	there := map[string]bool{}
	for _, inv := range inventories {
		for _, vm := range inv.VMs() {
			there[vm] = true
		}
	}
	meant := slices.Clone(globs)
	for i, glob := range meant {
		if there[glob] {
			meant[i] = flags.Literal(glob)
		}
	}
	return meant
}

// matchesAny reports whether one of the globs matches the VM. Without globs every VM
// matches, and an unknown VM always matches, because any may be meant.
func matchesAny(globs []string, vm string) bool {
	return len(globs) == 0 || vm == state.AnyVM || slices.ContainsFunc(globs, func(glob string) bool {
		return glob == vm || doublestar.MatchUnvalidated(glob, vm)
	})
}

func (l *listPlace) add(s state.Set, files bool) {
	row := listSet{
		Address: state.Address(l.Name, s.Key), VM: s.VM, Time: string(s.Stamp), State: listState(l.Role, s.State),
		Files: len(s.Files), Bytes: s.Bytes(), Problem: s.Problem,
	}
	if s.Manifest != nil {
		row.Verified = s.Manifest.Verified
	}
	for _, f := range s.Files {
		if files {
			row.Names = append(row.Names, listFile{f.Path, f.Size})
		}
	}
	l.Sets = append(l.Sets, row)
}

// listState calls a complete set at a source ready: it has no manifest.
func listState(role string, s state.State) string {
	if role == "source" && s == state.Complete {
		return "ready"
	}
	return string(s)
}

// rows returns the rows of the table.
func (l listing) rows(now time.Time) string {
	var b strings.Builder
	b.WriteString("PLACE\tVM\tSET\tSTATE\tFILES\tSIZE\tAGE\n")
	for _, place := range l.Places {
		place.rows(&b, now)
	}
	return b.String()
}

// totals returns a line for each place that was read: the number of sets at their
// final names, and their bytes.
func (l listing) totals() string {
	var b strings.Builder
	for _, place := range l.Places {
		if place.Error != "" {
			continue
		}
		n, size := 0, int64(0)
		for _, s := range place.Sets {
			if s.Time != "" && !slices.Contains(notHeld, s.State) {
				n, size = n+1, size+s.Bytes
			}
		}
		fmt.Fprintf(&b, "\n%s: %s, %s", place.Name, counted(n, "set"), state.FormatBytes(size))
	}
	return b.String() + "\n"
}

// notHeld are the states that are not of a set at its final name.
var notHeld = []string{string(state.Vanished), string(state.Incomplete), "trash"}

func (l listPlace) rows(w io.Writer, now time.Time) {
	if l.Error != "" {
		fmt.Fprintf(w, "%s\t-\t-\tnot readable\t\t\t\n", l.Name)
		return
	}
	if len(l.Sets) == 0 {
		fmt.Fprintf(w, "%s\t-\t-\tempty\t\t\t\n", l.Name)
	}
	for _, s := range l.Sets {
		age := ""
		if s.Time != "" {
			age = state.FormatAge(now.Sub(state.Stamp(s.Time).In(now.Location())))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", l.Name, providers.Escape(s.VM), s.Time, s.shownState(), s.Files, state.FormatBytes(s.Bytes), age)
		for _, f := range s.Names {
			fmt.Fprintf(w, "\t\t  %s\t\t\t%s\t\n", providers.Escape(f.Path), state.FormatBytes(f.Size))
		}
	}
	for _, name := range l.Foreign {
		fmt.Fprintf(w, "%s\t\t%s\tforeign\t\t\t\n", l.Name, providers.Escape(name))
	}
}
