package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
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

// shownProblems is how many problems stand in the one line of a plugin.
const shownProblems = 8

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
	code, problems := pluginOK, append(critical, warnings...)
	switch {
	case d.readable() == 0 && d.unreadable() > 0:
		code = pluginUnknown
	case len(critical) > 0 || !d.OK:
		code = pluginCritical
	case len(warnings) > 0:
		code = pluginWarning
	}
	if more := len(problems) - shownProblems; more > 0 {
		problems = append(problems[:shownProblems], fmt.Sprintf("and %d more", more))
	}
	parts := append(problems, d.totals()...)
	if d.LastApply != nil && (d.LastApply.Running || !d.LastApply.bad()) {
		parts = append(parts, d.LastApply.sentence())
	}
	return code, strings.Join(parts, "; ")
}

// problems are what is critical, and what a person should look at.
func (d standing) problems() (critical, warnings []string) {
	for _, place := range d.Places {
		if place.Error != "" {
			critical = append(critical, place.Name+" not readable")
		}
	}
	for _, g := range d.Groups {
		if g.severity >= alarming {
			critical = append(critical, g.Destination+"/"+g.VM+" "+strings.Join(g.States, ", "))
		}
	}
	for _, n := range d.Notices {
		switch {
		case n.Fails():
			critical = append(critical, n.Text)
		case n.Warns():
			warnings = append(warnings, n.Text)
		}
	}
	if d.Plan == nil && len(critical) == 0 {
		critical = append(critical, d.NoPlan...)
	}
	if d.LastApply != nil && d.LastApply.bad() {
		warnings = append(warnings, d.LastApply.sentence())
	}
	return critical, warnings
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
