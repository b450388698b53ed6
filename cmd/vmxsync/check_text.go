package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mitchellh/go-wordwrap"

	"github.com/vmxsync/vmxsync/providers"
)

// checkIndent is where the second column of a check begins.
const checkIndent = 36

// tellCheckup tells what is to be checked. With -json all is told at the end.
func (p *process) tellCheckup(t *checkup) {
	if p.voice.json {
		return
	}
	p.voice.result(fmt.Sprintf("Checking destination %q: %s\n", t.Destination, providers.Escape(t.Place)))
	if len(t.Facts) > 0 {
		p.voice.result("\n")
	}
	for _, f := range t.Facts {
		p.voice.result(p.factText(f))
	}
}

func (p *process) factText(f checkFact) string {
	text := f.Value
	if f.Note != "" {
		text += ": " + f.Note
	}
	return fmt.Sprintf("      %-*s%s\n", checkIndent-6, f.Name, p.voice.wrapped(text, checkIndent))
}

// marks are the first column, and its colour.
var marks = map[string]struct{ text, color string }{
	ruleHolds:         {"ok", "32"},
	ruleBroken:        {"NO", "31"},
	ruleNotApplicable: {"--", "33"},
}

// tellRule tells a rule as soon as it was tried, for the next one may take a
// while. What does not hold is told with -quiet too.
func (p *process) tellRule(t *checkup, r checkRule) {
	if p.voice.json {
		return
	}
	if n := len(t.Rules); n == 1 || t.Rules[n-2].Chapter != r.Chapter {
		p.voice.result("\n" + p.voice.paint("1", capital(r.Chapter)) + "\n")
	}
	tell := p.voice.result
	if r.Result == ruleBroken {
		tell = p.voice.print
	}
	tell(p.ruleText(r))
}

func (p *process) ruleText(r checkRule) string {
	var b strings.Builder
	mark := marks[r.Result]
	fmt.Fprintf(&b, "  %s  %-*s%s\n", p.voice.paint(mark.color, mark.text), checkIndent-6, r.Name, p.voice.wrapped(r.Promise, checkIndent))
	more := []struct{ label, text string }{{"seen:", r.Seen}, {"vmxsync:", r.Consequence}, {"you:", r.Advice}}
	if r.Result == ruleNotApplicable {
		more[0].label = "because:"
	}
	for _, line := range more {
		if line.text != "" {
			fmt.Fprintf(&b, "      %-10s%s\n", line.label, p.voice.wrapped(line.text, 16))
		}
	}
	return b.String()
}

// tellVerdict ends a check that was finished.
func (p *process) tellVerdict(t *checkup) error {
	if p.voice.json {
		text, err := json.MarshalIndent(t, "", "  ")
		p.voice.print(string(text) + "\n")
		return err
	}
	tell := p.voice.result
	if t.Summary.Broken > 0 {
		tell = p.voice.print
	}
	tell("\n")
	if n := len(t.Facts); n > 0 && t.Facts[n-1].Name == "sessions" {
		tell(p.factText(t.Facts[n-1]) + "\n")
	}
	tell(fmt.Sprintf("%s %s, %d not applicable.\n", p.voice.paint("1", "Check complete:"), t.Summary.text(), t.Summary.NotApplicable))
	return nil
}

func (s checkSummary) text() string {
	verb := "do"
	if s.Broken == 1 {
		verb = "does"
	}
	return fmt.Sprintf("%d of %d rules hold, %d %s not", s.Holds, s.Holds+s.Broken+s.NotApplicable, s.Broken, verb)
}

// paint colours text where there is colour.
func (v *voice) paint(code, text string) string {
	if !v.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// wrapped is text that begins at a column, escaped, with its further lines
// indented to it.
func (v *voice) wrapped(text string, column int) string {
	text = providers.Escape(text)
	if width := v.width - column; width > 20 {
		text = wordwrap.WrapString(text, uint(width))
	}
	return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", column))
}
