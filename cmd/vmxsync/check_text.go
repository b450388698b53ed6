package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
)

// checkIndent is where the second column of a check begins.
const checkIndent = 36

// checkInFull reports whether each rule is printed: the user has asked for it
// with -verbosity=info, or more.
func (p *process) checkInFull() bool { return p.ui.InDetail() }

// printCheckHead prints what is to be checked. With -json all is printed at the end.
func (p *process) printCheckHead(t *checkReport) {
	if p.ui.JSON {
		return
	}
	p.ui.Result(fmt.Sprintf("Checking destination %q: %s\n\n", t.Destination, providers.Escape(t.Place)))
	if n := len(t.Facts); n > 0 && !p.checkInFull() {
		p.ui.Result(p.groupText(ruleHolds, "what the server offers", n, ""))
	}
	for _, f := range t.Facts {
		if f.Verdict == factLess || p.checkInFull() {
			p.ui.Result(p.factText(f))
		}
	}
}

func (p *process) factText(f checkFact) string {
	result := ruleHolds
	if f.Verdict == factLess {
		result = ruleNotApplicable
	}
	text := f.Value
	if f.Note != "" {
		text += ": " + f.Note
	}
	return p.lineText(result, f.Name, text)
}

// lineText is a row of two columns behind a mark.
func (p *process) lineText(result, name, text string) string {
	mark := marks[result]
	line := fmt.Sprintf("%-*s%s", checkIndent-6, name, p.ui.Wrapped(text, checkIndent))
	return fmt.Sprintf("  %s  %s\n", p.ui.Paint(mark.color, mark.text), strings.TrimRight(line, " "))
}

// marks are the first column, and its colour.
var marks = map[string]struct{ text, color string }{
	ruleHolds:         {"ok", "32"},
	ruleBroken:        {"NO", "31"},
	ruleNotApplicable: {"--", "33"},
	ruleNotTried:      {"--", "33"},
}

// printRule prints a rule as soon as it was tried, or with its chapter. A rule that
// does not hold is printed with -quiet too.
func (p *process) printRule(t *checkReport, r checkRule) {
	if p.ui.JSON {
		return
	}
	n := len(t.Rules)
	begins := n == 1 || t.Rules[n-2].Chapter != r.Chapter
	if begins && n > 1 {
		p.printGroup(t.Rules[:n-1])
	}
	if !p.checkInFull() {
		switch r.Result {
		case ruleBroken:
			p.ui.Print(p.ruleText(r))
		case ruleNotApplicable:
			p.ui.Result(p.lineText(r.Result, r.Name, r.Seen))
		}
		return
	}
	if begins {
		p.ui.Result("\n" + p.ui.Paint("1", failure.Capital(r.Chapter)) + "\n")
	}
	write := p.ui.Result
	if r.Result == ruleBroken {
		write = p.ui.Print
	}
	write(p.ruleText(r))
}

// printChapter ends the last chapter, and the table.
func (p *process) printChapter(t *checkReport) {
	if !p.ui.JSON && len(t.Rules) > 0 {
		p.printGroup(t.Rules)
		p.printUntried(t.Rules)
	}
}

// printGroup prints the last chapter of rules in one line; rules that do not hold
// have been printed already.
func (p *process) printGroup(rules []checkRule) {
	if p.checkInFull() {
		return
	}
	chapter, n := rules[len(rules)-1].Chapter, 0
	for _, r := range rules {
		if r.Chapter == chapter && r.Result == ruleHolds {
			n++
		}
	}
	if n > 0 {
		p.ui.Result(p.groupText(ruleHolds, chapter, n, ""))
	}
}

// printUntried prints what was not tried, and why: in one line for each rule that does
// not hold and on which others depend, and for lack of time in one for each chapter.
func (p *process) printUntried(rules []checkRule) {
	if p.checkInFull() {
		return
	}
	type group struct{ name, why string }
	counts := map[group]int{}
	var groups []group
	for _, r := range rules {
		if r.Result != ruleNotTried {
			continue
		}
		g := group{"other rules", r.Seen}
		if r.late {
			g.name = r.Chapter
		}
		if counts[g]++; counts[g] == 1 {
			groups = append(groups, g)
		}
	}
	for _, g := range groups {
		p.ui.Result(p.groupText(ruleNotTried, g.name, counts[g], g.why))
	}
}

func (p *process) groupText(result, name string, n int, why string) string {
	return p.lineText(result, fmt.Sprintf("%s (%d)", failure.Capital(name), n), why)
}

func (p *process) ruleText(r checkRule) string {
	var b strings.Builder
	b.WriteString(p.lineText(r.Result, r.Name, r.Promise))
	more := []struct{ label, text string }{{"seen:", r.Seen}, {"vmxsync:", r.Consequence}, {"you:", r.Advice}}
	if r.Result == ruleNotApplicable || r.Result == ruleNotTried {
		more[0].label = "because:"
	}
	for _, line := range more {
		if line.text != "" {
			fmt.Fprintf(&b, "      %-10s%s\n", line.label, p.ui.Wrapped(line.text, 16))
		}
	}
	return b.String()
}

// printVerdict ends a check that was finished.
func (p *process) printVerdict(t *checkReport) error {
	if p.ui.JSON {
		text, err := json.MarshalIndent(t, "", "  ")
		p.ui.Print(string(text) + "\n")
		return err
	}
	write := p.ui.Result
	if t.Summary.Broken > 0 {
		write = p.ui.Print
	}
	write("\n")
	if n := len(t.Facts); n > 0 && t.Facts[n-1].Name == "sessions" {
		write(p.factText(t.Facts[n-1]) + "\n")
	}
	head := "Check complete:"
	if t.late {
		head = "Check incomplete:"
	}
	untried := ""
	if t.Summary.NotTried > 0 {
		untried = ", " + t.Summary.untried()
	}
	write(fmt.Sprintf("%s %s, %d not applicable%s.\n", p.ui.Paint("1", head), t.Summary.text(), t.Summary.NotApplicable, untried))
	return nil
}

func (s checkSummary) text() string {
	verb := "do"
	if s.Broken == 1 {
		verb = "does"
	}
	return fmt.Sprintf("%d of %d rules hold, %d %s not", s.Holds, s.Holds+s.Broken+s.NotApplicable+s.NotTried, s.Broken, verb)
}

func (s checkSummary) untried() string {
	if s.NotTried == 1 {
		return "1 was not tried"
	}
	return fmt.Sprintf("%d were not tried", s.NotTried)
}
