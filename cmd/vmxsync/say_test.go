package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
)

func TestVoice_breaksLinesAtBlanksOnATerminal(t *testing.T) {
	const said = "nas/dc01.example.local/2026-11-24-233000: All files are sent. Waiting 56s before it is published"
	for _, c := range []struct {
		terminal bool
		want     string
	}{
		{true, "nas/dc01.example.local/2026-11-24-233000: All files are sent.\n  Waiting 56s before it is published\n"},
		{false, said + "\n"},
	} {
		var out, err bytes.Buffer
		v := newVoice(&out, &err, c.terminal, 64)
		v.line(said)
		v.tell(levelInfo, "%s", said)
		if out.String() != c.want || err.String() != c.want {
			t.Errorf("terminal %t: %q and %q, want %q", c.terminal, out.String(), err.String(), c.want)
		}
		if string(v.transcript.end()) != said+"\n"+said+"\n" {
			t.Errorf("terminal %t: the transcript holds %q", c.terminal, string(v.transcript.end()))
		}
	}
}

// One server that died fails many changes, for one reason with one way out.
func TestVoice_tellsASharedHintOnce(t *testing.T) {
	var errs []error
	for i := range 3 {
		errs = append(errs, providers.WithHint(fmt.Errorf("put %d: connection refused", i), "Check host and port."))
	}
	errs = append(errs, errors.New("another"))
	var out, err bytes.Buffer
	newVoice(&out, &err, false, 80).failures(errs)
	if n := strings.Count(err.String(), "Error: A change failed"); n != 4 {
		t.Errorf("%d errors, want 4", n)
	}
	if told := err.String(); strings.Count(told, "hint:") != 1 || strings.Index(told, "hint:") < strings.Index(told, "put 2") {
		t.Errorf("the hint does not stand once, under the last:\n%s", told)
	}
}
