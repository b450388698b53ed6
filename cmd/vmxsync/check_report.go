package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/state"
)

// checkReport is what check found, as a document; field names are a promise.
type checkReport struct {
	Format      string       `json:"format"`
	Destination string       `json:"destination"`
	Place       string       `json:"place"`
	Facts       []checkFact  `json:"facts"`
	Rules       []checkRule  `json:"rules"`
	Summary     checkSummary `json:"summary"`
	Left        string       `json:"left_behind,omitempty"` // a path below the root

	late bool // its time ran out before all rules had been tried
}

type checkFact struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Note    string `json:"note,omitempty"`
	Verdict string `json:"verdict"` // ok, or less: vmxsync does less, or more slowly, on account of it
}

// The values of checkFact.Verdict.
const (
	factOK   = "ok"
	factLess = "less"
)

type checkRule struct {
	Name        string `json:"name"`
	Chapter     string `json:"chapter"`
	Promise     string `json:"promise"`
	Result      string `json:"result"` // holds, broken, not_applicable, not_tried
	Seen        string `json:"seen,omitempty"`
	Consequence string `json:"consequence,omitempty"`
	Advice      string `json:"advice,omitempty"`

	late bool // it was not tried for lack of time
}

type checkSummary struct {
	Holds         int `json:"holds"`
	Broken        int `json:"broken"`
	NotApplicable int `json:"not_applicable"`
	NotTried      int `json:"not_tried"`
}

// The values of checkRule.Result.
const (
	ruleHolds         = "holds"
	ruleBroken        = "broken"
	ruleNotApplicable = "not_applicable"
	ruleNotTried      = "not_tried"
)

// noAdvice is the advice if no setting helps.
const noAdvice = "no known setting helps: update the server, or use another one"

func newCheckReport(d state.Destination, facts []providers.Fact) *checkReport {
	t := &checkReport{
		Format: "vmxsync.check/1", Destination: d.Name, Place: d.Settings.Place(),
		Facts: []checkFact{}, Rules: []checkRule{},
	}
	for _, f := range facts {
		t.Facts = append(t.Facts, newFact(f))
	}
	return t
}

func newFact(f providers.Fact) checkFact {
	verdict := factOK
	if f.Less {
		verdict = factLess
	}
	return checkFact{f.Name, f.Value, f.Note, verdict}
}

// add adds the result of a rule.
func (t *checkReport) add(r contract.Rule, seen error) checkRule {
	row := checkRule{Name: r.Name, Chapter: r.Chapter, Promise: r.Promise, Result: ruleHolds}
	skip, skipped := errors.AsType[*contract.NotApplicable](seen)
	left, notTried := errors.AsType[*contract.NotTried](seen)
	switch {
	case seen == nil:
		t.Summary.Holds++
	case skipped:
		t.Summary.NotApplicable++
		row.Result, row.Seen = ruleNotApplicable, skip.Because
	case notTried:
		t.Summary.NotTried++
		row.late = left.DependsOn == ""
		t.late = t.late || row.late
		row.Result, row.Seen = ruleNotTried, left.Error()
	default:
		t.Summary.Broken++
		row.Result, row.Seen = ruleBroken, strings.ReplaceAll(seen.Error(), "\n", "; ")
		row.Consequence, row.Advice = r.Consequence, cmp.Or(r.Advice, providers.Hint(seen), noAdvice)
	}
	t.Rules = append(t.Rules, row)
	return row
}

// addSessions adds the fact about sessions, which only use can show.
func (t *checkReport) addSessions(asked, allowed int) {
	t.Facts = append(t.Facts, checkFact{
		Name: "sessions", Value: fmt.Sprintf("%d at once, of %d requested", allowed, asked),
		Note:    fmt.Sprintf("vmxsync continues with these; connections = %d avoids the refused logins", allowed),
		Verdict: factLess,
	})
}

// stopped is the error of a check that did not end by itself. It reports whether a
// folder is left behind.
func (t *checkReport) stopped(err error, text string) error {
	if t.Left == "" {
		return failure.Reworded(text+"; nothing is left behind", err)
	}
	return failure.Hinted(failure.Reworded(text+"; "+t.Left+" is left behind", err), t.removal())
}

// removal is the hint about the folder to delete by hand.
func (t *checkReport) removal() string {
	return fmt.Sprintf("Delete %s/%s and its contents by hand; nothing else was touched.", strings.TrimSuffix(t.Place, "/"), t.Left)
}
