package checkup

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/wording"
)

// checkIndent is where the second column of a check begins.
const checkIndent = 36

// Printer prints a check as it goes on. With -json, Verdict prints all of it.
type Printer struct{ *ui.UI }

// Head prints what is to be checked. With -json all is printed at the end.
func (p Printer) Head(t *Report) {
	if p.JSON {
		return
	}
	p.Result(fmt.Sprintf("Checking destination %q: %s\n\n", t.Destination, providers.Escape(t.Place)))
	if n := len(t.Facts); n > 0 && !p.InDetail() {
		p.Result(p.groupText(holds, "what the server offers", n, ""))
	}
	for _, f := range t.Facts {
		if f.Verdict == factLess || p.InDetail() {
			p.Result(p.factText(f))
		}
	}
}

func (p Printer) factText(f Fact) string {
	result := holds
	if f.Verdict == factLess {
		result = notApplicable
	}
	text := f.Value
	if f.Note != "" {
		text += ": " + f.Note
	}
	return p.lineText(result, f.Name, text)
}

// lineText is a row of two columns behind a mark.
func (p Printer) lineText(result, name, text string) string {
	mark := marks[result]
	line := fmt.Sprintf("%-*s%s", checkIndent-6, name, p.Wrapped(text, checkIndent))
	return fmt.Sprintf("  %s  %s\n", p.Paint(mark.color, mark.text), strings.TrimRight(line, " "))
}

// marks are the first column, and its colour.
var marks = map[string]struct{ text, color string }{
	holds:         {"ok", "32"},
	Broken:        {"NO", "31"},
	notApplicable: {"--", "33"},
	notTried:      {"--", "33"},
}

// Rule prints a rule as soon as it was tried, or with its chapter. A rule that
// does not hold is printed with -quiet too.
func (p Printer) Rule(t *Report, r Rule) {
	if p.JSON {
		return
	}
	n := len(t.Rules)
	begins := n == 1 || t.Rules[n-2].Chapter != r.Chapter
	if begins && n > 1 {
		p.printGroup(t.Rules[:n-1])
	}
	if !p.InDetail() {
		switch r.Result {
		case Broken:
			p.Print(p.ruleText(r))
		case notApplicable:
			p.Result(p.lineText(r.Result, r.Name, r.Seen))
		}
		return
	}
	if begins {
		p.Result("\n" + p.Paint("1", wording.Capital(r.Chapter)) + "\n")
	}
	write := p.Result
	if r.Result == Broken {
		write = p.Print
	}
	write(p.ruleText(r))
}

// End ends the last chapter, and the table.
func (p Printer) End(t *Report) {
	if !p.JSON && len(t.Rules) > 0 {
		p.printGroup(t.Rules)
		p.printUntried(t.Rules)
	}
}

// printGroup prints the last chapter of rules in one line; rules that do not hold
// have been printed already.
func (p Printer) printGroup(rules []Rule) {
	if p.InDetail() {
		return
	}
	chapter, n := rules[len(rules)-1].Chapter, 0
	for _, r := range rules {
		if r.Chapter == chapter && r.Result == holds {
			n++
		}
	}
	if n > 0 {
		p.Result(p.groupText(holds, chapter, n, ""))
	}
}

// printUntried prints what was not tried, and why: in one line for each rule that does
// not hold and on which others depend, and for lack of time in one for each chapter.
func (p Printer) printUntried(rules []Rule) {
	if p.InDetail() {
		return
	}
	type group struct{ name, why string }
	counts := map[group]int{}
	var groups []group
	for _, r := range rules {
		if r.Result != notTried {
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
		p.Result(p.groupText(notTried, g.name, counts[g], g.why))
	}
}

func (p Printer) groupText(result, name string, n int, why string) string {
	return p.lineText(result, fmt.Sprintf("%s (%d)", wording.Capital(name), n), why)
}

func (p Printer) ruleText(r Rule) string {
	var b strings.Builder
	b.WriteString(p.lineText(r.Result, r.Name, r.Promise))
	more := []struct{ label, text string }{{"seen:", r.Seen}, {"vmxsync:", r.Consequence}, {"you:", r.Advice}}
	if r.Result == notApplicable || r.Result == notTried {
		more[0].label = "because:"
	}
	for _, line := range more {
		if line.text != "" {
			fmt.Fprintf(&b, "      %-10s%s\n", line.label, p.Wrapped(line.text, 16))
		}
	}
	return b.String()
}

// Verdict ends a check that was finished.
func (p Printer) Verdict(t *Report) error {
	if p.JSON {
		text, err := json.MarshalIndent(t, "", "  ")
		p.Print(string(text) + "\n")
		return err
	}
	write := p.Result
	if t.Summary.Broken > 0 {
		write = p.Print
	}
	write("\n")
	if n := len(t.Facts); n > 0 && t.Facts[n-1].Name == "sessions" {
		write(p.factText(t.Facts[n-1]) + "\n")
	}
	head := "Check complete:"
	if t.Late {
		head = "Check incomplete:"
	}
	untried := ""
	if t.Summary.NotTried > 0 {
		untried = ", " + t.Summary.Untried()
	}
	write(fmt.Sprintf("%s %s, %d not applicable%s.\n", p.Paint("1", head), t.Summary.text(), t.Summary.NotApplicable, untried))
	return nil
}

func (s Summary) text() string {
	verb := "do"
	if s.Broken == 1 {
		verb = "does"
	}
	return fmt.Sprintf("%d of %d rules hold, %d %s not", s.Holds, s.Holds+s.Broken+s.NotApplicable+s.NotTried, s.Broken, verb)
}

// Untried is how many rules were not tried, in words.
func (s Summary) Untried() string {
	if s.NotTried == 1 {
		return "1 was not tried"
	}
	return fmt.Sprintf("%d were not tried", s.NotTried)
}
