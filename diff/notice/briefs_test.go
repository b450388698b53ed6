package notice_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/diff/notice"
)

// longestBrief is how many runes a brief may have, its place not counted.
const longestBrief = 60

// tallies are one note, and many of several VMs, at nas.
func tallies(kind *notice.Kind) []*notice.Tally {
	one := notice.Note{Kind: kind, Place: "nas", VM: "Bart", Item: "Bart/2026-11-21-010000", Why: "it holds no bytes."}
	var many []notice.Note
	for _, vm := range []string{"Bart", "Lisa", "Maggie", "Homer"} {
		many = append(many, notice.Note{Kind: kind, Place: "nas", VM: vm, Item: vm + "/2026-11-21-010000", Why: "mount: x: it is a link. Odd", Hint: "Do this."})
	}
	return []*notice.Tally{notice.Add(one), notice.Add(many...)}
}

// Each error and each warning can be said in a few words: that is all that a headline,
// the subject of a mail and a monitor show of it.
func TestBriefs_sayEachErrorAndWarning(t *testing.T) {
	for _, kind := range notice.Kinds {
		for _, tally := range tallies(kind) {
			text := kind.Text(tally)
			got := kind.Sum(tally).Brief
			if kind.Class == notice.NoteClass {
				if got != "" {
					t.Errorf("%s is a note and has the brief %q", kind.Code, got)
				}
				continue
			}
			if got == "" {
				t.Errorf("%s has no brief", kind.Code)
				continue
			}
			wantShort(t, kind.Code, got, text)
			if kind.Code != "unreadable" && !strings.Contains(got, "nas") {
				t.Errorf("%s: %q does not name its place", kind.Code, got)
			}
		}
	}
}

// An older version has made plans whose notices have no brief.
func TestShort_cutsWhatHasNoBrief(t *testing.T) {
	for _, kind := range notice.Kinds {
		for _, tally := range tallies(kind) {
			text := kind.Text(tally)
			got := kind.Notice("nas", "nas: "+text).Short()
			if strings.Contains(got, "vmxsync plan") || strings.HasSuffix(got, ".") || strings.Contains(got, " :") || strings.Contains(got, text) {
				t.Errorf("%s: got %q of %q", kind.Code, got, text)
			}
		}
	}
	const text = "nas: 1 set is suspicious: kept, not counted, and nothing of its VM is deleted. Bart/2026-11-21-010000: small."
	if got, want := notice.Suspicious.Notice("nas", text).Short(), "1 set is suspicious (nas)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func wantShort(t *testing.T, code, got, text string) {
	t.Helper()
	switch {
	case strings.Contains(got, text), strings.Contains(got, "vmxsync"), strings.Contains(got, "2026-"):
		t.Errorf("%s: %q holds more than a few words", code, got)
	case strings.HasSuffix(got, "."), strings.ContainsAny(got, ":;\n"), strings.Contains(got, ". "):
		t.Errorf("%s: %q ends or parts the headline that it stands in", code, got)
	case utf8.RuneCountInString(got) > longestBrief:
		t.Errorf("%s: %q is longer than %d", code, got, longestBrief)
	}
}

// wayOut is what ends a warning: a command, a place in the configuration, a thing to do
// by hand where vmxsync never does it.
var wayOut = regexp.MustCompile(`vmxsync plan -|vmxsync verify |vmxsync retention explain|by hand|(out of|ignore of|layout of) the (source|retention)|of the retention|of a backup|of its backup|out of retired|at the source|next apply`)

// Each warning names what ends it. Two stand only in the plan of a flag that was given
// for that set, with the reason.
func TestWarnings_nameTheirWayOut(t *testing.T) {
	// The text of the third is made where the certificates are compared, with the command
	// that shows the one of the server: TestServer_* hold it word by word.
	ofFlags := map[string]bool{"not-destroyed": true, "not-adopted": true, notice.ServerReplaced.Code: true}
	for _, kind := range notice.Kinds {
		if kind.Class != notice.WarningClass || ofFlags[kind.Code] {
			continue
		}
		for _, tally := range tallies(kind) {
			if text := kind.Text(tally); !wayOut.MatchString(text) {
				t.Errorf("%s: %q names no way out", kind.Code, text)
			}
		}
	}
}
