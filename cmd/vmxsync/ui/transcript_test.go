package ui

import (
	"strings"
	"testing"
)

func TestTranscript_keepsTheEndWithoutColours(t *testing.T) {
	var s transcript
	s.add("\x1b[1;31mred\x1b[0m\n")
	if got := string(s.bytes()); got != "red\n" {
		t.Errorf("got %q", got)
	}
	line := strings.Repeat("x", 1000) + "\n"
	for range 5000 {
		s.add(line)
	}
	s.add("last\n")
	got := string(s.bytes())
	if !strings.HasPrefix(got, leftOut+"xxx") || !strings.HasSuffix(got, "x\nlast\n") || strings.Contains(got, "red") {
		t.Errorf("got %.60q ... %q", got, got[len(got)-20:])
	}
	if n := len(got); n > maxTranscript+len(leftOut) || n < maxTranscript/2 {
		t.Errorf("%d bytes are kept", n)
	}
}
