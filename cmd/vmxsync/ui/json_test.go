package ui

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func TestEscapeJSON_meansTheSame(t *testing.T) {
	for _, text := range []string{"plain", "a\x7fb\u0085", "a\u202egpj", "tag\U000e0001", "emoji 😀, Größe", "nbsp\u00a0", "line\nbreak\ttab"} {
		doc, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		got := escapeJSON(string(doc))
		if i := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q holds %q", got, got[i:])
		}
		var back string
		if err := json.Unmarshal([]byte(got), &back); err != nil || back != text {
			t.Errorf("%s reads as %q, %v, want %q", got, back, err, text)
		}
	}
	if got, want := escapeJSON("\"new\xff\"\n"), "\"new\\ufffd\"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
