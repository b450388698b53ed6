package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// The answers of a monitoring plugin, as the Monitoring Plugins Development
// Guidelines have them: https://www.monitoring-plugins.org/doc/guidelines.html
const (
	pluginOK = iota
	pluginWarning
	pluginCritical
	pluginUnknown
)

var pluginWords = []string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}

// shownProblems is how many VMs with their states are in the one line of a plugin.
const shownProblems = 6

// Plugin is the answer of a plugin: its one line, and its exit code.
type Plugin struct {
	Line string
	Code int
}

func plugin(code int, text, perfdata string) Plugin {
	line := "VMXSYNC " + pluginWords[code] + " - " + strings.ReplaceAll(text, "|", "/")
	if perfdata != "" {
		line += " | " + perfdata
	}
	return Plugin{providers.Escape(line) + "\n", code}
}

// PluginFailure is the answer if nothing is known.
func PluginFailure(err error) Plugin {
	d := failure.Diagnostics(err)[0]
	text := d.Summary
	if d.Detail != "" {
		text += ": " + d.Detail
	}
	return plugin(pluginUnknown, strings.Join(strings.Fields(text), " "), "")
}

// Plugin returns the answer for a monitor.
func (d Document) Plugin() Plugin {
	code, text := d.pluginAnswer()
	return plugin(code, text, d.perfdata())
}

// pluginAnswer returns the exit code and the text for a monitor.
func (d Document) pluginAnswer() (code int, text string) {
	critical, warnings := d.problems()
	code = pluginOK
	switch {
	case d.readable() == 0 && d.unreadable() > 0:
		code = pluginUnknown
	case len(critical) > 0 || !d.sound:
		code = pluginCritical
	case len(warnings) > 0:
		code = pluginWarning
	}
	parts := slices.Concat(critical, warnings, d.totals())
	if d.LastApply != nil && (d.LastApply.Running || !d.LastApply.bad()) {
		parts = append(parts, d.LastApply.sentence())
	}
	return code, strings.Join(parts, "; ")
}

// problems returns what is critical, and what a person should look at, each in a few
// words and once: what the states of the VMs show is not repeated for their places.
func (d Document) problems() (critical, warnings []string) {
	for _, place := range d.Places {
		if place.Error != "" && !place.Absent {
			critical = append(critical, place.Name+" not readable")
		}
	}
	critical = append(critical, d.groupsOf(alarming)...)
	warnings = append(warnings, d.groupsOf(warning)...)
	for _, place := range d.Places {
		if place.ProofsError != "" {
			warnings = append(warnings, "what was proven could not be read ("+place.Name+")")
		}
	}
	for _, n := range d.Notices {
		switch {
		case d.shows(n):
		case n.Fails():
			critical = append(critical, n.Short())
		case n.Warns():
			warnings = append(warnings, n.Short())
		}
	}
	if d.Plan == nil && len(critical) == 0 {
		critical = append(critical, firstSentences(d.NoPlan)...)
	}
	if d.LastApply != nil && d.LastApply.bad() {
		warnings = append(warnings, d.LastApply.sentence())
	}
	return critical, warnings
}

// groupsOf returns the states of the VMs of that severity, the first few.
func (d Document) groupsOf(s severity) []string {
	var all []string
	for _, g := range d.Groups {
		if g.severity == s {
			all = append(all, g.Destination+"/"+g.VM+" "+strings.Join(g.States, ", "))
		}
	}
	if more := len(all) - shownProblems; more > 0 {
		all = append(all[:shownProblems], fmt.Sprintf("and %d more", more))
	}
	return all
}

// shownBy reports, for each notice code, whether the state of a VM shows it already.
var shownBy = map[string]func(Group) bool{
	"unreadable":    func(g Group) bool { return g.Unreadable != "" },
	"unknown":       func(g Group) bool { return g.Unknown+g.Unreadable != "" },
	"not-backed-up": func(g Group) bool { return g.NotBackedUp != "" && g.Unreadable == "" },
	"not-proven":    func(g Group) bool { return g.NotProven > 0 },
	"not-fresh":     func(g Group) bool { return g.Fresh != nil && !*g.Fresh },
	"vanished":      func(g Group) bool { return g.Vanished > 0 },
	"gone":          func(g Group) bool { return !g.GoneSince.IsZero() },
	"suspicious":    holds(state.Suspicious),
	"damaged":       holds(state.Damaged),
	"stripped":      holds(state.Damaged),
	"rotten":        holds(state.Damaged),
	"displaced":     holds(state.Damaged),
	"differs":       holds(state.Differs),
	"rewritten":     holds(state.Differs),
	"overwritten":   holds(state.Differs),
}

// shows reports whether an unreadable place, or the state of a VM, shows the notice
// already.
func (d Document) shows(n diff.Notice) bool {
	role := ""
	for _, place := range d.Places {
		if place.Name != n.Scope {
			continue
		}
		if place.Error != "" || place.ProofsError != "" && n.Code == "unread-proofs" {
			return true
		}
		role = place.Role
	}
	says := shownBy[n.Code]
	return says != nil && slices.ContainsFunc(d.Groups, func(g Group) bool {
		return (g.Destination == n.Scope || role == string(diff.SourceRole)) && says(g)
	})
}

// firstSentences returns texts for one line: the first sentence of each.
func firstSentences(texts []string) []string {
	var all []string
	for _, text := range texts {
		text, _, _ = strings.Cut(text, "\n")
		text, _, _ = strings.Cut(text, ". ")
		all = append(all, strings.TrimSuffix(text, "."))
	}
	return all
}

func (d Document) readable() int {
	return d.destinations(func(p Place) bool { return p.Error == "" })
}
func (d Document) unreadable() int {
	return d.destinations(func(p Place) bool { return p.Error != "" })
}

func (d Document) destinations(which func(Place) bool) (n int) {
	for _, place := range d.Places {
		if place.Role == "destination" && which(place) {
			n++
		}
	}
	return n
}

// perfdata returns the figures of each destination, for graphs: complete sets, their
// bytes, VMs that are behind, and the greatest age of the newest set of a VM.
func (d Document) perfdata() string {
	var all []string
	for _, place := range d.Places {
		if place.Role != "destination" || place.Error != "" {
			continue
		}
		t := d.total(place.Name)
		label := strings.NewReplacer("'", "_", "=", "_").Replace(place.Name)
		all = append(all, fmt.Sprintf("'%s sets'=%d;;;0", label, t.sets), fmt.Sprintf("'%s bytes'=%dB;;;0", label, t.bytes),
			fmt.Sprintf("'%s behind'=%d;;;0", label, t.behind), fmt.Sprintf("'%s oldest'=%ds;;;0", label, int64(t.oldest/time.Second)))
	}
	return strings.Join(all, " ")
}
