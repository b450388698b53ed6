package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

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

// shownProblems is how many VMs with their states stand in the one line of a plugin.
const shownProblems = 6

// plugin prints the answer of a plugin, and ends with its code.
func (p *process) plugin(code int, text, perfdata string) error {
	line := "VMXSYNC " + pluginWords[code] + " - " + strings.ReplaceAll(text, "|", "/")
	if perfdata != "" {
		line += " | " + perfdata
	}
	p.voice.print(providers.Escape(line) + "\n")
	if code == pluginOK {
		return nil
	}
	return status(code)
}

// pluginFailure is the answer where nothing is known.
func (p *process) pluginFailure(err error) error {
	d := diagnostics(err)[0]
	text := d.Summary
	if d.Detail != "" {
		text += ": " + d.Detail
	}
	return p.plugin(pluginUnknown, strings.Join(strings.Fields(text), " "), "")
}

// pluginAnswer is what a monitor wants to know.
func (d standing) pluginAnswer() (code int, text string) {
	critical, warnings := d.problems()
	code = pluginOK
	switch {
	case d.readable() == 0 && d.unreadable() > 0:
		code = pluginUnknown
	case len(critical) > 0 || !d.OK:
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

// problems are what is critical, and what a person should look at, each in a few
// words and once: what the states of the VMs say is not said of their places again.
func (d standing) problems() (critical, warnings []string) {
	for _, place := range d.Places {
		if place.Error != "" && !place.Absent {
			critical = append(critical, place.Name+" not readable")
		}
	}
	critical = append(critical, d.alarmingGroups()...)
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

// alarmingGroups are the states of the VMs that need a person, the first few.
func (d standing) alarmingGroups() []string {
	var all []string
	for _, g := range d.Groups {
		if g.severity >= alarming {
			all = append(all, g.Destination+"/"+g.VM+" "+strings.Join(g.States, ", "))
		}
	}
	if more := len(all) - shownProblems; more > 0 {
		all = append(all[:shownProblems], fmt.Sprintf("and %d more", more))
	}
	return all
}

// shownBy says of each code which state of a VM has it in its words.
var shownBy = map[string]func(standingGroup) bool{
	"unreadable":    func(g standingGroup) bool { return g.Unreadable != "" },
	"unknown":       func(g standingGroup) bool { return g.Unknown+g.Unreadable != "" },
	"not-backed-up": func(g standingGroup) bool { return g.NotBackedUp != "" && g.Unreadable == "" },
	"not-fresh":     func(g standingGroup) bool { return g.Fresh != nil && !*g.Fresh },
	"vanished":      func(g standingGroup) bool { return g.Vanished > 0 },
	"gone":          func(g standingGroup) bool { return !g.GoneSince.IsZero() },
	"suspicious":    holds(state.Suspicious),
	"damaged":       holds(state.Damaged),
	"stripped":      holds(state.Damaged),
	"rotten":        holds(state.Damaged),
	"differs":       holds(state.Differs),
	"rewritten":     holds(state.Differs),
	"overwritten":   holds(state.Differs),
}

// shows reports whether a place that cannot be read, or the state of a VM, says the
// notice already.
func (d standing) shows(n diff.Notice) bool {
	role := ""
	for _, place := range d.Places {
		if place.Name != n.Scope {
			continue
		}
		if place.Error != "" {
			return true
		}
		role = place.Role
	}
	says := shownBy[n.Code]
	return says != nil && slices.ContainsFunc(d.Groups, func(g standingGroup) bool {
		return (g.Destination == n.Scope || role == string(diff.SourceRole)) && says(g)
	})
}

// firstSentences are texts for one line: their first lines, without what follows the
// first sentence.
func firstSentences(texts []string) []string {
	var all []string
	for _, text := range texts {
		text, _, _ = strings.Cut(text, "\n")
		text, _, _ = strings.Cut(text, ". ")
		all = append(all, strings.TrimSuffix(text, "."))
	}
	return all
}

func (d standing) readable() int {
	return d.destinations(func(p standingPlace) bool { return p.Error == "" })
}
func (d standing) unreadable() int {
	return d.destinations(func(p standingPlace) bool { return p.Error != "" })
}

func (d standing) destinations(which func(standingPlace) bool) (n int) {
	for _, place := range d.Places {
		if place.Role == "destination" && which(place) {
			n++
		}
	}
	return n
}

// perfdata are the figures of each destination, for graphs: complete sets, their
// bytes, VMs that wait, and the age of the newest set of the VM that is worst off.
func (d standing) perfdata() string {
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
