package render

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// View is a plan in words, ready to be printed in one form or another. All its
// strings are escaped.
type View struct {
	Compared string           // "vmxsync compared 1 source with 2 destinations."
	Actions  []Action         // those in use
	Changes  iter.Seq[Change] // in the order of work, made while they are read
	Plan     string           // "1 to add, 0 to change, 1 to destroy."
	Warned   string           // "2 warnings.", or ""
	Transfer string           // "41.2 GiB to upload, 40.9 GiB to free."
	Waiting  string           // "4 deletes wait", or ""
	Hidden   string           // "3 other changes are not shown.", or ""
	empty    bool
	options  diff.Options
	failed   []string // the errors in a few words each
	Guard    []string // what the guards refuse
	Cleanups []string // "1 leftover of an interrupted upload (3.0 MiB) will be cleaned up."
	Shares   []Share  // what is read back
	Hooks    []string // "wake runs /usr/local/bin/wake nas at before_apply (at most 5m)."
	Errors   []string
	Warnings []string
	Notes    []string
}

// Action is a symbol with its meaning.
type Action struct {
	Symbol diff.Action
	Text   string // "create"
}

// Change is one set of the plan.
type Change struct {
	Symbol  diff.Action
	Address string // quoted where it holds blanks
	Name    string // the address, always quoted
	Outcome string // "will be created"
	Why     string // "kept by retention.standard: last 1 of 3"
	Short   string // "last 1 of 3"
	Size    string
	Lines   []Line // of the block, without its braces
}

// Line is one line of a block.
type Line struct {
	Symbol diff.Action // 0: no change
	Depth  int         // 0: an attribute; 1: an element of a list
	Text   string
}

// NewView computes the words of a plan.
func NewView(p *diff.Plan) View {
	v := View{
		Compared: compared(p),
		Actions:  actions(p),
		Plan:     fmt.Sprintf("%d to add, %d to change, %d to destroy.", p.Summary.Add, p.Summary.Change, p.Summary.Destroy),
		Transfer: transfer(p),
		Waiting:  waiting(p),
		Guard:    guard(p),
		Cleanups: cleanups(p.Cleanups),
		Changes:  changes(p),
		Shares:   shares(p),
		Hooks:    hooks(p.Hooks),
		empty:    p.Empty(),
		options:  p.Options,
	}
	for _, n := range p.Notices {
		text := providers.Escape(n.Text)
		if n.Hint != "" {
			text += " " + providers.Escape(n.Hint)
		}
		switch n.Class {
		case diff.ErrorClass:
			v.Errors = append(v.Errors, text)
			v.failed = append(v.failed, providers.Escape(n.Short()))
		case diff.WarningClass:
			v.Warnings = append(v.Warnings, text)
		default:
			v.Notes = append(v.Notes, text)
		}
	}
	v.Warned = Warned(len(v.Warnings))
	return v
}

// Warned is the number of warnings, for the end of a summary; "" if there are none.
func Warned(n int) string {
	if n == 0 {
		return ""
	}
	return wording.Count(n, "warning") + "."
}

// sum is the sums of the plan, and how many warnings it has.
func (v View) sum() string { return strings.TrimSuffix(v.Plan+" "+v.Warned, " ") }

// view is a plan in words, in that style.
func (s Style) view(p *diff.Plan) View {
	v := NewView(p)
	if s.Only == 0 {
		return v
	}
	v.Actions = slices.DeleteFunc(v.Actions, func(a Action) bool { return a.Symbol != s.Only })
	all, hidden := v.Changes, 0
	v.Changes = func(yield func(Change) bool) {
		for c := range all {
			if c.Symbol == s.Only && !yield(c) {
				return
			}
		}
	}
	for _, c := range p.Changes {
		if c.Action != s.Only {
			hidden++
		}
	}
	if hidden > 0 {
		v.Hidden = fmt.Sprintf("Only sets that %s are shown; %s not shown.", actionTexts[s.Only], wording.CountIs(hidden, "other change"))
	}
	return v
}

// verdict and remark describe a plan that changes no set.
func (v View) verdict() string {
	switch {
	case v.Waiting != "":
		return "Nothing to do now:"
	case len(v.failed) > 0:
		return "No changes, but " + strings.Join(v.failed, ", ") + "."
	}
	return "No changes."
}

func (v View) remark() string {
	switch {
	case !v.empty:
		return v.Compared + " Transfer: " + v.Transfer
	case v.Waiting != "":
		return v.Waiting + "."
	case len(v.failed) > 0:
		return "What could be read matches the configuration."
	case v.options.Destroy:
		return "-target matches nothing that may be deleted."
	case len(v.options.Target)+len(v.options.Exclude) > 0:
		return "What -target and -exclude select matches the configuration."
	}
	return "Your backups match the configuration."
}

// headline is the whole plan in a line.
func (v View) headline() string {
	if v.empty {
		return v.verdict()
	}
	return "Plan: " + v.sum()
}

func changes(p *diff.Plan) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for _, c := range p.Changes {
			if !yield(newChange(c)) {
				return
			}
		}
	}
}

func compared(p *diff.Plan) string {
	sources, destinations := 0, 0
	for _, x := range p.Places {
		switch {
		case x.Unreachable != "":
		case x.Role == diff.SourceRole:
			sources++
		default:
			destinations++
		}
	}
	return fmt.Sprintf("vmxsync compared %s with %s.", wording.Count(sources, "source"), wording.Count(destinations, "destination"))
}

func actions(p *diff.Plan) []Action {
	var used []Action
	for _, a := range []struct {
		Action
		n int
	}{
		{Action{diff.Create, "create"}, p.Summary.Add},
		{Action{diff.Update, "update in-place"}, p.Summary.Change},
		{Action{diff.Delete, "destroy"}, p.Summary.Destroy},
	} {
		if a.n > 0 {
			used = append(used, a.Action)
		}
	}
	return used
}

var actionTexts = map[diff.Action]string{
	diff.Create: "will be created",
	diff.Update: "will be updated in-place",
	diff.Delete: "will be destroyed",
}

func newChange(c diff.Change) Change {
	kept, other := c.Why()
	v := Change{
		Symbol: c.Action, Address: address(c.Address), Name: quote(c.Address), Outcome: actionTexts[c.Action],
		Size: state.FormatBytes(c.Bytes), Lines: block(c),
	}
	policy := ""
	if c.Policy != "" {
		policy = " of retention." + providers.Escape(c.Policy)
	}
	switch {
	case c.Early:
		v.Outcome += " before the uploads"
	case c.Mode == diff.Prune:
		v.Outcome += " at the source"
	}
	if c.Action == diff.Delete && c.Frees() == 0 && c.Bytes > 0 {
		v.Outcome += " (to trash)"
	}
	if c.Mode == diff.AddSums || c.Action == diff.Delete && c.Reasons[0].Rule == diff.DestroyRule {
		v.Short = providers.Escape(c.Reasons[0].Text)
		v.Why = v.Short
		return v
	}
	if c.Action == diff.Delete {
		v.Short = providers.Escape(strings.Join(other, "; "))
		v.Why = fmt.Sprintf("no rule%s keeps it: %s", policy, v.Short)
		return v
	}
	if len(kept) == 0 { // retention would not keep it
		v.Short = providers.Escape(other[len(other)-1])
		v.Why = v.Short + fmt.Sprintf("; no rule%s keeps it (%s), and a later plan deletes it", policy, providers.Escape(strings.Join(other[:len(other)-1], "; ")))
		return v
	}
	v.Short = providers.Escape(strings.Join(kept, ", "))
	v.Why = "kept" + strings.Replace(policy, " of ", " by ", 1) + ": " + v.Short
	if c.Mode != diff.Upload && len(other) > 0 {
		v.Why += "; " + providers.Escape(strings.Join(other, "; "))
		v.Short += "; " + string(c.Mode)
	}
	return v
}

// cleanups is a sentence for each kind.
func cleanups(list []diff.Cleanup) []string {
	var lines []string
	for _, kind := range []struct{ kind, one, many, outcome string }{
		{diff.StagingCleanup, "leftover of an interrupted upload", "leftovers of interrupted uploads", "will be cleaned up"},
		{diff.InPlaceCleanup, "leftover of an upload in place", "leftovers of uploads in place", "will be cleaned up"},
		{diff.TrashCleanup, "set in trash", "sets in trash", "will be deleted"},
		{diff.GoneCleanup, "leftover of a pruned local set", "leftovers of pruned local sets", "will be cleaned up"},
		{diff.ReturnCleanup, "set that an interrupted apply moved away", "sets that an interrupted apply moved away", "will be moved back"},
	} {
		n, bytes := 0, int64(0)
		for _, c := range list {
			if c.Kind == kind.kind {
				n, bytes = n+1, bytes+c.Bytes
			}
		}
		noun := kind.many
		if n == 1 {
			noun = kind.one
		}
		if n > 0 {
			lines = append(lines, fmt.Sprintf("%d %s (%s) %s.", n, noun, state.FormatBytes(bytes), kind.outcome))
		}
	}
	return lines
}

// transfer leaves out what a started upload has left, which is not sent again
// once it is proven.
func transfer(p *diff.Plan) string {
	upload, there := p.Summary.UploadBytes, int64(0)
	for _, c := range p.Changes {
		there += c.StartedBytes()
	}
	started := ""
	if there > 0 {
		started = fmt.Sprintf(" (%s of started uploads are there)", state.FormatBytes(there))
	}
	return fmt.Sprintf("%s to upload%s, %s to free.", state.FormatBytes(upload-there), started, state.FormatBytes(p.Summary.FreeBytes))
}
