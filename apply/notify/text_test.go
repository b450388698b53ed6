package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/state/config"
)

func TestReport_textSaysWhatWasDoneAndWhatFailed(t *testing.T) {
	r := applied()
	r.Seconds = 724.1
	r.Done.UploadedBytes = 3 << 30
	r.Warnings = []string{"A hook failed: hook late failed"}
	r.Errors = []notify.Problem{{Summary: "Apply is not complete", Detail: "some changes failed: 1 of 2\nsecond line", Hint: "Repair the cause."}}
	r.Changes[1].Error, r.Changes[1].Hint, r.Changes[1].Cause = "nas/Lisa/2026-11-21-010000: full \xff", "Make room.", "disk full"
	r.Causes = []notify.Cause{{Destination: "nas", Text: "no space left at the destination", Short: "disk full", Failed: 2, VMs: "Lisa 2", First: r.Changes[1].Error, Hint: "Make room."}}
	r.Guard = []string{"nas/Lisa would lose 3 of 4 sets: 3 deletes wait."}
	r.Changes = append(r.Changes,
		notify.Change{Address: "nas/Lisa/2026-11-20-010000", Action: "create", Status: "failed", Bytes: 20, Error: "nas: full", Hint: "Make room.", Cause: "disk full"},
		notify.Change{Address: "nas/\x1b[2J", Action: "delete", Status: "cancelled", Bytes: 5})
	r.Done.Failed = 3
	r.Started = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
	want := `vmxsync on build-host, configuration site: FAILED nas: disk full; 1 of 2 uploaded, 2 failed, 1 cancelled, 1 warning.
Exit code 3 after 12m4s, begun ` + r.Started.Local().Format(time.RFC3339) + `.
3.0 GiB uploaded, 0 B freed.

Errors:
  Apply is not complete
    some changes failed: 1 of 2
    second line
    hint: Repair the cause.

Failed:
  nas: 2 sets failed: no space left at the destination (Lisa 2)
    nas/Lisa/2026-11-21-010000: full \xff
    hint: Make room.

Guard:
  nas/Lisa would lose 3 of 4 sets: 3 deletes wait.

VMs:
  DESTINATION   VM     NEWEST              AGE   SETS   THIS RUN
  nas           Bart   2026-11-21-010000   3 h   1      1 uploaded
  nas           Lisa   -                   -     0      2 failed (disk full)

Not done:
  + nas/Lisa/2026-11-21-010000  20 B  failed: disk full
  + nas/Lisa/2026-11-20-010000  20 B  failed: disk full
  - nas/\x1b[2J  5 B  cancelled

Warnings:
  A hook failed: hook late failed

Done:
  + nas/Bart/2026-11-21-010000  10 B

Notes:
  nas: 1 set is unmarked.
`
	if got := r.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestReport_textNamesTheFirstOfMany(t *testing.T) {
	r := notify.Report{Result: notify.Success}
	for i := range 1000 {
		r.Changes = append(r.Changes, notify.Change{Address: fmt.Sprint("nas/", i), Action: "create", Status: "done"})
	}
	if got := r.Text(); !strings.HasSuffix(got, "  ... and 800 more\n") || strings.Contains(got, "nas/200 ") {
		t.Errorf("got %s", got)
	}
}

func TestReport_summaryAndVerdict(t *testing.T) {
	failed := []notify.Problem{{Summary: "Saved plan is\nstale"}}
	for _, c := range []struct {
		r       notify.Report
		summary string
		verdict config.Verdict
	}{
		{notify.Report{Result: notify.Pending}, "started", config.VerdictSuccess},
		{notify.Report{Result: notify.Success, Done: notify.Done{Added: 3, Changed: 1, Destroyed: 2}}, "3 uploaded, 1 updated, 2 deleted", config.VerdictSuccess},
		{notify.Report{Result: notify.Success}, "nothing to do", config.VerdictSuccess},
		{notify.Report{Result: notify.Success, Warnings: []string{"a", "b"}}, "nothing to do, 2 warnings", config.VerdictWarning},
		{notify.Report{Result: notify.Success, Changes: []notify.Change{{Status: "skipped"}}}, "1 skipped", config.VerdictWarning},
		{notify.Report{Result: notify.Skipped}, "skipped", config.VerdictSuccess},
		{notify.Report{Result: notify.Failure, Done: notify.Done{Added: 3, Failed: 1}}, "FAILED; 3 uploaded, 1 failed", config.VerdictFailure},
		{notify.Report{Result: notify.Failure, Done: notify.Done{Added: 5}, LeftOut: []string{"nas", "usb"}, Errors: failed}, "FAILED nas left out, usb left out; 5 uploaded", config.VerdictFailure},
		{notify.Report{Result: notify.Failure, Errors: failed}, `FAILED: Saved plan is\nstale`, config.VerdictFailure},
		{notify.Report{Result: notify.Failure, Done: notify.Done{Added: 1}, Warnings: []string{"a"}}, "FAILED; 1 uploaded, 1 warning", config.VerdictFailure},
	} {
		if got := c.r.Summary(); got != c.summary {
			t.Errorf("got %q, want %q", got, c.summary)
		}
		if got := c.r.Verdict(); got != c.verdict {
			t.Errorf("%s: got %s, want %s", c.summary, got, c.verdict)
		}
	}
}

// Whoever writes a template is told at once of a name that there is not: the
// names are those that a report has.
func TestReport_hasTheNamesOfTemplates(t *testing.T) {
	server, waits := webServer(t), 0
	n := hookTo(server.URL)
	for name := range config.TemplateNames() {
		n.Webhook.Body += config.Template("{{." + name + "}}\n")
	}
	if err := sender(&waits).Send(t.Context(), n, config.VerdictSuccess, applied(), nil); err != nil {
		t.Error(err)
	}
}

func TestReport_subjectBeginsWithFailed(t *testing.T) {
	for want, r := range map[string]notify.Report{
		"[vmxsync] host: 1 uploaded":                                         {Result: notify.Success, Done: notify.Done{Added: 1}},
		"[vmxsync] host: nothing to do, 1 warning":                           {Result: notify.Success, Warnings: []string{"w"}},
		"[vmxsync] host: FAILED nas left out; 1 uploaded":                    {Result: notify.Failure, Done: notify.Done{Added: 1}, LeftOut: []string{"nas"}},
		"[vmxsync] host: FAILED; 1 uploaded, 2 failed":                       {Result: notify.Failure, Done: notify.Done{Added: 1, Failed: 2}},
		"[vmxsync] host: FAILED: No configuration":                           {Result: notify.Failure, Errors: []notify.Problem{{Summary: "No configuration"}}},
		"[vmxsync] host: FAILED: 1 set is suspicious (nas, usb); 1 uploaded": {Result: notify.Failure, Done: notify.Done{Added: 1}, Errors: problems("1 set is suspicious (nas)", "1 set is suspicious (usb)")},
		"[vmxsync] host: FAILED: 1 set is damaged (nas), 2 sets are damaged (usb) and 2 more errors": {Result: notify.Failure,
			Errors: problems("1 set is damaged (nas)", "2 sets are damaged (usb)", "one", "another", "one")},
		"[vmxsync] host: FAILED: Planning failed: source \"esxi\": holds no sets": {Result: notify.Failure,
			Errors: []notify.Problem{{Summary: "Planning failed", Detail: "source \"esxi\": holds no sets\nand more", Vague: true}}},
		"[vmxsync] host: FAILED: Planning failed: " + strings.Repeat("ä", 80) + "...": {Result: notify.Failure,
			Errors: []notify.Problem{{Summary: "Planning failed", Detail: strings.Repeat("ä", 200), Vague: true}}},
		"[vmxsync] host: FAILED: Nothing was read": {Result: notify.Failure,
			Errors: []notify.Problem{{Summary: "Nothing was read", Detail: "a", Vague: true}, {Summary: "Nothing was read", Detail: "b", Vague: true}}},
		"[vmxsync] host: FAILED: A guard; 1 uploaded": {Result: notify.Failure, Done: notify.Done{Added: 1}, Errors: []notify.Problem{{Summary: "A guard"}}},
	} {
		r.Host = "host"
		if got := r.Subject(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestReport_unknownNameIsLeftOut(t *testing.T) {
	if got := (notify.Report{Host: "h", Result: notify.Failure}).Text(); !strings.HasPrefix(got, "vmxsync on h: FAILED.\n") {
		t.Errorf("got %q", got)
	}
}

func problems(summaries ...string) (list []notify.Problem) {
	for _, s := range summaries {
		list = append(list, notify.Problem{Summary: s})
	}
	return list
}

// Where no destination can be read, the mail has the reason of each under one summary.
func TestReport_errorsOfOneSummaryHaveItOnce(t *testing.T) {
	const summary = "No destination could be read"
	r := applied()
	r.Errors = []notify.Problem{
		{Summary: summary, Detail: "destination \"nas\": refused\nsecond line", Hint: "Check the network."},
		{Summary: summary, Detail: "destination \"usb\": not mounted", Hint: "Check the disk."},
		{Summary: "Another"}, {Summary: "Another"},
	}
	want := `
Errors:
  No destination could be read
    destination "nas": refused
    second line
    hint: Check the network.
    destination "usb": not mounted
    hint: Check the disk.
  Another
  Another
`
	if got := r.Text(); !strings.Contains(got, want) {
		t.Errorf("got %s, want%s", got, want)
	}
}
