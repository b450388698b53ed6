package ui

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

func TestUI_breaksLinesAtSpacesOnATerminal(t *testing.T) {
	const text = "nas/dc01.example.local/2026-11-24-233000: All files are sent. Waiting 56s before publishing"
	for _, c := range []struct {
		terminal bool
		want     string
	}{
		{true, "nas/dc01.example.local/2026-11-24-233000: All files are sent.\n  Waiting 56s before publishing\n"},
		{false, text + "\n"},
	} {
		var out, err bytes.Buffer
		v := New(&out, &err, Style{Color: c.terminal, Width: 64})
		v.Line(text)
		v.Logf(slog.LevelInfo, "%s", text)
		if out.String() != c.want || err.String() != c.want {
			t.Errorf("terminal %t: %q and %q, want %q", c.terminal, out.String(), err.String(), c.want)
		}
		if string(v.transcript.end()) != text+"\n"+text+"\n" {
			t.Errorf("terminal %t: the transcript holds %q", c.terminal, string(v.transcript.end()))
		}
	}
}

// A server that fails makes many changes fail for one reason: that is one error, with
// one hint.
func TestUI_oneErrorForACause(t *testing.T) {
	r := outcome.Result{}
	failed := func(address string, err error) {
		r.Outcomes = append(r.Outcomes, outcome.Outcome{Address: address, Action: diff.Create, Status: outcome.StatusFailed, Err: err})
	}
	for i, vm := range []string{"sql01", "web01", "sql01"} {
		address := fmt.Sprintf("nas/%s/2026-11-2%d-010000", vm, i)
		failed(address, providers.WithHint(fmt.Errorf("%s: put %s: %w", address, address, providers.ErrFull), "Free space."))
	}
	failed("nas/web01/2026-11-21-010000", errors.New("another"))
	failed("usb/web01/2026-11-21-010000", providers.ErrFull)
	var out, err bytes.Buffer
	New(&out, &err, Style{Color: false, Width: 80}).Failures(r.Causes())
	output := err.String()
	if n := strings.Count(output, "Error: "); n != 3 {
		t.Errorf("%d errors, want 3:\n%s", n, output)
	}
	if !strings.Contains(output, "Error: 3 sets failed at nas: no space left at the destination\n\nsql01 2, web01. The first: nas/sql01/2026-11-20-010000: put") {
		t.Errorf("the cause is not shown with its VMs:\n%s", output)
	}
	if n := strings.Count(output, "hint:"); n != 1 {
		t.Errorf("%d hints, want 1:\n%s", n, output)
	}
}

// Errors that differ only in the names of their sets have one cause.
func TestCauses_groupWhatDiffersInItsNamesAlone(t *testing.T) {
	r := outcome.Result{}
	for i := range 9 {
		address := fmt.Sprintf("nas/web01/2026-11-2%d-010000", i)
		r.Outcomes = append(r.Outcomes, outcome.Outcome{Address: address, Action: diff.Create, Status: outcome.StatusFailed,
			Err: fmt.Errorf("%s: %w", address, fmt.Errorf("server said 553 \"%s: not here\"", address))})
	}
	if got := r.Causes(); len(got) != 1 || got[0].Say() != `9 sets failed at nas: server said 553 "...: not here" (web01 9)` {
		t.Errorf("got %d causes, the first: %s", len(got), got[0].Say())
	}
}
