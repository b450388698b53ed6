package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Verdict is what there is to tell at the end of an apply.
func (r Report) Verdict() config.Verdict {
	switch {
	case r.Result == Failure:
		return config.VerdictFailure
	case len(r.Warnings) > 0, r.skipped() > 0:
		return config.VerdictWarning
	}
	return config.VerdictSuccess
}

// Summary is what was done, in a line: "3 uploaded, 1 failed".
func (r Report) Summary() string {
	if r.Result == Pending {
		return "started"
	}
	var parts []string
	if short := r.Done.Added < r.Planned.Add; r.Result == Failure && short {
		parts = append(parts, fmt.Sprintf("%d of %d uploaded", r.Done.Added, r.Planned.Add))
	} else if r.Done.Added > 0 {
		parts = append(parts, fmt.Sprintf("%d uploaded", r.Done.Added))
	}
	for _, p := range []struct {
		n    int
		what string
	}{
		{r.Done.Changed, "updated"}, {r.Done.Destroyed, "deleted"}, {r.Done.Verified, "verified"},
		{r.Done.Failed - r.cancelled(), "failed"}, {r.cancelled(), "cancelled"}, {r.skipped(), "skipped"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	switch {
	case r.Result == Failure || len(parts) > 0:
	case r.Result == Skipped:
		parts = append(parts, "skipped")
	default:
		parts = append(parts, "nothing to do")
	}
	if n := len(r.Warnings); n > 0 {
		parts = append(parts, wording.Count(n, "warning"))
	}
	text := strings.Join(parts, ", ")
	if r.Result == Failure {
		text = strings.TrimSuffix("FAILED"+r.cause()+"; "+text, "; ")
	}
	return providers.Escape(text)
}

// cause is what failed in a few words, as it stands behind FAILED: what most
// changes failed of, what was left out, else the errors that are known.
func (r Report) cause() string {
	var most Cause
	for _, c := range r.Causes {
		if c.Failed > most.Failed {
			most = c
		}
	}
	var causes []string
	if most.Failed > 0 {
		causes = append(causes, most.Destination+": "+most.Short)
	}
	for _, name := range r.LeftOut {
		causes = append(causes, name+" left out")
	}
	switch {
	case len(causes) > 0:
		return " " + strings.Join(causes, ", ")
	case len(r.Errors) > 0:
		return ": " + r.headline()
	}
	return ""
}

// headlineErrors is how many errors a subject names before it counts the rest.
const headlineErrors = 2

// headline is the first errors in a line. What is wrong at several places is named
// once, with all of them: "1 set is suspicious (nas, rented)".
func (r Report) headline() string {
	var order []string
	places, problems := map[string][]string{}, map[string][]Problem{}
	for _, e := range r.Errors {
		what, place := splitPlace(e.Summary)
		if len(problems[what]) == 0 {
			order = append(order, what)
		}
		problems[what] = append(problems[what], e)
		if place != "" && !slices.Contains(places[what], place) {
			places[what] = append(places[what], place)
		}
	}
	var parts []string
	for _, what := range order[:min(len(order), headlineErrors)] {
		switch at, all := places[what], problems[what]; {
		case len(at) > 0:
			what += " (" + strings.Join(at, ", ") + ")"
		case len(all) == 1:
			what = all[0].headline()
		}
		parts = append(parts, what)
	}
	line := strings.Join(parts, ", ")
	if more := len(order) - headlineErrors; more > 0 {
		line += " and " + wording.Count(more, "more error")
	}
	return line
}

// headlineLength is how many characters of a vague problem stand in a subject.
const headlineLength = 100

// headline is a problem in a few words.
func (p Problem) headline() string {
	why, _, _ := strings.Cut(p.Detail, "\n")
	if !p.Vague || why == "" {
		return p.Summary
	}
	text := []rune(p.Summary + ": " + strings.TrimRight(why, ".:"))
	if len(text) > headlineLength {
		return string(text[:headlineLength-3]) + "..."
	}
	return string(text)
}

// splitPlace splits the place off a summary: "1 set is suspicious", "nas".
func splitPlace(summary string) (what, place string) {
	at := strings.LastIndex(summary, " (")
	if at < 0 || !strings.HasSuffix(summary, ")") {
		return summary, ""
	}
	return summary[:at], summary[at+2 : len(summary)-1]
}

// Subject is that of a mail. It begins with "FAILED" where the exit code is not
// 0, whatever else was done.
func (r Report) Subject() string {
	return fmt.Sprintf("[vmxsync] %s: %s", providers.Escape(r.Host), r.Summary())
}

// shownLines is how many sets or sentences of one kind are listed.
const shownLines = 200

// Text is what was done and why something failed, for people. It is escaped.
func (r Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "vmxsync on %s", providers.Escape(r.Host))
	if r.Name != "" { // not known where nothing could be read
		fmt.Fprintf(&b, ", configuration %s", providers.Escape(r.Name))
	}
	fmt.Fprintf(&b, ": %s.\n", strings.TrimSuffix(r.Summary(), "."))
	if r.ExitCode != nil {
		fmt.Fprintf(&b, "Exit code %d after %s, begun %s.\n", *r.ExitCode, elapsed(r.Seconds), r.Started.Local().Format(time.RFC3339))
	}
	if r.Done.UploadedBytes > 0 || r.Done.FreedBytes > 0 {
		fmt.Fprintf(&b, "%s uploaded, %s freed.\n", state.FormatBytes(r.Done.UploadedBytes), state.FormatBytes(r.Done.FreedBytes))
	}
	section(&b, "Errors", r.errorLines())
	section(&b, "Failed", r.causeLines())
	section(&b, "Guard", r.Guard)
	if vms := r.vms(); len(vms) > 0 {
		section(&b, "VMs", table(vms))
	}
	section(&b, "Not done", r.changeLines(func(status string) bool { return status != "done" }))
	section(&b, "Warnings", r.Warnings)
	section(&b, "Done", r.changeLines(func(status string) bool { return status == "done" }))
	section(&b, "Notes", r.newNotices())
	return b.String()
}

func elapsed(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func section(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", title)
	for _, line := range lines[:min(len(lines), shownLines)] {
		text := strings.TrimRight(providers.EscapeLines(line), "\n")
		fmt.Fprintf(b, "  %s\n", strings.ReplaceAll(text, "\n", "\n    "))
	}
	if more := len(lines) - shownLines; more > 0 {
		fmt.Fprintf(b, "  ... and %d more\n", more)
	}
}

// errorLines give each error a paragraph. A summary that several in a row have is
// printed once.
func (r Report) errorLines() []string {
	var lines []string
	last := ""
	for _, e := range r.Errors {
		line := e.Summary
		switch {
		case e.Detail != "" && e.Summary == last:
			line = "  " + e.Detail
		case e.Detail != "":
			line += "\n" + e.Detail
		}
		last = e.Summary
		if e.Hint != "" {
			line += "\nhint: " + e.Hint
		}
		lines = append(lines, line)
	}
	return lines
}

// causeLines give each reason a paragraph, whatever the number of sets is.
func (r Report) causeLines() []string {
	var lines []string
	for _, c := range r.Causes {
		line := fmt.Sprintf("%s: %s failed: %s (%s)\n%s", c.Destination, wording.Count(c.Failed, "set"), c.Text, c.VMs, c.First)
		if c.Hint != "" {
			line += "\nhint: " + c.Hint
		}
		lines = append(lines, line)
	}
	return lines
}

var symbols = map[string]string{"create": "+", "update": "~", "delete": "-"}

// changeLines gives each change a line, and why it is not done, with a way out
// where that was not named before.
func (r Report) changeLines(which func(status string) bool) []string {
	var lines []string
	hinted := map[string]bool{"": true}
	for _, c := range r.Changes {
		if !which(c.Status) {
			continue
		}
		line := fmt.Sprintf("%s %s  %s", symbols[c.Action], c.Address, state.FormatBytes(c.Bytes))
		if c.Status != "done" {
			line += "  " + c.Status
		}
		if c.Cause != "" { // told in full under its cause
			lines = append(lines, line+": "+c.Cause)
			continue
		}
		if c.Error != "" {
			line += "\n" + strings.TrimPrefix(c.Error, c.Address+": ")
		}
		if !hinted[c.Hint] {
			hinted[c.Hint] = true
			line += "\nhint: " + c.Hint
		}
		lines = append(lines, line)
	}
	return lines
}

// values are those of config.TemplateNames.
func (r Report) values() (map[string]any, error) {
	report, err := r.encode()
	code := 0
	if r.ExitCode != nil {
		code = *r.ExitCode
	}
	return map[string]any{
		"event": r.Event, "result": string(r.Result), "exit_code": code, "host": r.Host, "name": r.Name, "run_id": r.Run, "plan_id": r.Plan,
		"added": r.Done.Added, "changed": r.Done.Changed, "destroyed": r.Done.Destroyed, "failed": r.Done.Failed, "seconds": r.Seconds,
		"summary": r.Summary(), "text": r.Text(), "report": strings.TrimSuffix(string(report), "\n"),
	}, err
}

// fill puts the report into a template.
func (r Report) fill(t config.Template) (string, error) {
	values, err := r.values()
	if err != nil {
		return "", err
	}
	return t.Fill(values)
}
