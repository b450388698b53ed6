package checkup

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/state/config"
)

// Report is what check found, as a document; field names are a promise.
type Report struct {
	Format      string  `json:"format"`
	Destination string  `json:"destination"`
	Place       string  `json:"place"`
	Facts       []Fact  `json:"facts"`
	Rules       []Rule  `json:"rules"`
	Summary     Summary `json:"summary"`
	Left        string  `json:"left_behind,omitempty"` // a path below the root

	Late bool `json:"-"` // its time ran out before all rules had been tried
}

// Fact is what a server offers.
type Fact struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Note    string `json:"note,omitempty"`
	Verdict string `json:"verdict"` // ok, or less: vmxsync does less, or more slowly, on account of it
}

// The values of Fact.Verdict.
const (
	factOK   = "ok"
	factLess = "less"
)

// Rule is a rule of the contract, and what came of it.
type Rule struct {
	Name        string `json:"name"`
	Chapter     string `json:"chapter"`
	Promise     string `json:"promise"`
	Result      string `json:"result"` // holds, broken, not_applicable, not_tried
	Seen        string `json:"seen,omitempty"`
	Consequence string `json:"consequence,omitempty"`
	Advice      string `json:"advice,omitempty"`

	late bool // it was not tried for lack of time
}

// Summary counts the rules.
type Summary struct {
	Holds         int `json:"holds"`
	Broken        int `json:"broken"`
	NotApplicable int `json:"not_applicable"`
	NotTried      int `json:"not_tried"`
}

// The values of Rule.Result.
const (
	holds         = "holds"
	Broken        = "broken"
	notApplicable = "not_applicable"
	notTried      = "not_tried"
)

// noAdvice is the advice if no setting helps.
const noAdvice = "no known setting helps: update the server, or use another one"

// New returns the report of a check that has tried nothing yet.
func New(d config.Destination, facts []providers.Fact) *Report {
	t := &Report{
		Format: "vmxsync.check/1", Destination: d.Name, Place: d.Settings.Place(),
		Facts: []Fact{}, Rules: []Rule{},
	}
	for _, f := range facts {
		t.Facts = append(t.Facts, newFact(f))
	}
	return t
}

func newFact(f providers.Fact) Fact {
	verdict := factOK
	if f.Less {
		verdict = factLess
	}
	return Fact{f.Name, f.Value, f.Note, verdict}
}

// Add adds the result of a rule, and returns its row.
func (t *Report) Add(r contract.Rule, seen error) Rule {
	row := Rule{Name: r.Name, Chapter: r.Chapter, Promise: r.Promise, Result: holds}
	skip, skipped := errors.AsType[*contract.NotApplicable](seen)
	left, untried := errors.AsType[*contract.NotTried](seen)
	switch {
	case seen == nil:
		t.Summary.Holds++
	case skipped:
		t.Summary.NotApplicable++
		row.Result, row.Seen = notApplicable, skip.Because
	case untried:
		t.Summary.NotTried++
		row.late = left.DependsOn == ""
		t.Late = t.Late || row.late
		row.Result, row.Seen = notTried, left.Error()
	default:
		t.Summary.Broken++
		row.Result, row.Seen = Broken, strings.ReplaceAll(seen.Error(), "\n", "; ")
		row.Consequence, row.Advice = r.Consequence, cmp.Or(r.Advice, providers.Hint(seen), noAdvice)
	}
	t.Rules = append(t.Rules, row)
	return row
}

// AddSessions adds the fact about sessions, which only use can show.
func (t *Report) AddSessions(asked, allowed int) {
	t.Facts = append(t.Facts, Fact{
		Name: "sessions", Value: fmt.Sprintf("%d at once, of %d requested", allowed, asked),
		Note:    fmt.Sprintf("vmxsync continues with these; connections = %d avoids the refused logins", allowed),
		Verdict: factLess,
	})
}

// Stopped is the error of a check that did not end by itself. It reports whether a
// folder is left behind.
func (t *Report) Stopped(err error, text string) error {
	if t.Left == "" {
		return failure.Reworded(text+"; nothing is left behind", err)
	}
	return failure.Hinted(failure.Reworded(text+"; "+t.Left+" is left behind", err), t.Removal())
}

// Removal is the hint about the folder to delete by hand.
func (t *Report) Removal() string {
	return fmt.Sprintf("Delete %s/%s and its contents by hand; nothing else was touched.", strings.TrimSuffix(t.Place, "/"), t.Left)
}
