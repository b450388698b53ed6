package proofs

import (
	"fmt"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Text is the summary for people.
func (d Document) Text() string {
	s := d.Summary
	var b strings.Builder
	how := map[string]string{string(verify.List): "names and sizes", string(verify.Server): "by checksums of the server", string(verify.Read): "every byte"}[d.Level]
	begin := "Verify complete!"
	if s.Bad+s.Vanished+s.Unasked+len(d.Unread) > 0 {
		begin = "Verify ended."
	}
	fmt.Fprintf(&b, "%s %d of %s match their manifests (%s); %s read in %s.\n",
		begin, s.Hold, wording.Count(len(d.Sets), "set"), how, state.FormatBytes(s.Read), wording.Seconds(time.Duration(d.Seconds*float64(time.Second))))
	for _, line := range []struct {
		n    int
		text string
	}{
		{s.Bad, "not as in the manifest"},
		{s.Vanished, "vanished: recorded as complete, absent now, and not deleted by vmxsync"},
		{s.First, "read for the first time: the next plan puts " + wording.Pick(s.First, "its", "their") + " checksums into " + wording.Pick(s.First, "its manifest", "their manifests")},
		{s.NoSums, "without checksums: names and sizes were compared"},
		{s.Unasked, "could not be asked"},
		{s.Later, "not reached, or not to the end: the next run begins with them"},
		{s.Gone, "deleted since they were listed"},
		{s.LeftOut, "without a manifest left out: they were not adopted"},
	} {
		if line.n > 0 {
			fmt.Fprintf(&b, "  %s %s.\n", wording.Count(line.n, "set"), line.text)
		}
	}
	if s.Runs > 0 {
		fmt.Fprintf(&b, "At %s a run, a full round over %s takes %s.\n", state.FormatBytes(s.MaxBytes), state.FormatBytes(s.Total), wording.Count(int(s.Runs), "run"))
	}
	return b.String()
}

// Faults are the files of a set that do not hold, one line each.
func Faults(s verify.Set) (lines []string) {
	if s.Gone {
		return nil
	}
	if !s.Vanished.IsZero() {
		return []string{vanished(s)}
	}
	for _, f := range s.Files {
		if f.Outcome.Bad() {
			lines = append(lines, fault(f))
		}
	}
	return lines
}

// vanished is what is known of a set that has vanished.
func vanished(s verify.Set) string {
	return "it has vanished: last seen " + s.Vanished.UTC().Format(time.DateOnly) + ", and not deleted by vmxsync"
}

// meanings are the outcomes in words.
var meanings = map[verify.Outcome]string{
	verify.Missing: "is missing", verify.Size: "has another size", verify.Sum: "does not match its checksum",
	verify.Unreadable: "cannot be read", verify.Unexpected: "is not in the manifest",
}

func fault(f verify.File) string {
	text := providers.Escape(f.Path) + " " + meanings[f.Outcome]
	if len(f.Bad) > 0 {
		text += ": bytes " + strings.Join(f.Bad, ", ")
	}
	if f.Why != "" {
		text += " (" + providers.Escape(f.Why) + ")"
	}
	return text
}

// Unasked are the reasons why a set, or files of it, could not be asked: each once.
func Unasked(s verify.Set) (lines []string) {
	if s.Why != nil {
		return []string{providers.Escape(s.Why.Error())}
	}
	seen := map[string]bool{}
	for _, f := range s.Files {
		if f.Outcome == verify.Unasked && !seen[f.Why] {
			seen[f.Why] = true
			lines = append(lines, providers.Escape(f.Path+": "+f.Why))
		}
	}
	return lines
}
