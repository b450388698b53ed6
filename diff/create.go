package diff

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// modeTexts are the reasons for each mode.
var modeTexts = map[Mode]struct{ code, text string }{
	Upload:  {"missing", "not at the destination"},
	Publish: {"publish", "already complete in staging"},
	Resume:  {"resume", "an upload was started (%s are there): the verified part is not sent again"},
	Adopt:   {"adopt", "unmarked, with the names and sizes of the local set: a manifest is written"},
	Replace: {"replace", "unmarked, and looks like an incomplete upload of the local set"},
}

// wantCreates finds what retention keeps, or -adopt names, and the destination
// does not yet count.
func (c *group) wantCreates() {
	for _, s := range c.candidates {
		switch {
		case s.mode == "":
		case s.keep && !s.held, s.mode == Adopt && s.named, s.mode == Replace && !s.held && c.resent(s):
			s.changed = true
		case s.remote == nil && s.mode != Publish:
			c.note("not-uploaded", *s.local, s.why())
		}
	}
}

// addCreates plans it, newest first.
func (c *group) addCreates() {
	for _, s := range c.candidates {
		if s.changed {
			c.creates = append(c.creates, c.create(s))
		}
	}
}

// why joins the texts of the reasons.
func (s *candidate) why() string {
	var texts []string
	for _, r := range s.reasons {
		texts = append(texts, r.Text)
	}
	return strings.Join(texts, "; ")
}

func (c *group) create(s *candidate) Change {
	why := modeTexts[s.mode]
	if s.mode == Resume {
		why.text = fmt.Sprintf(why.text, state.FormatBytes(s.staged.Set.Bytes()))
	}
	switch {
	case s.mode == Adopt && s.named:
		why.text = "unmarked, selected by -adopt: a manifest is written"
	case s.mode == Replace && c.resent(s):
		why.text = string(s.state) + ": uploaded again because -replace names it"
	}
	change := Change{
		Address: c.address(s.key), Action: Create, Mode: s.mode, Policy: c.policy.Name,
		Path:    c.dest.Layout.Path(s.key),
		Reasons: append(s.reasons, retention.Reason{Rule: string(s.mode), Code: why.code, Text: why.text}),
		Files:   listed(s.content()), Bytes: state.TotalBytes(s.content()),
	}
	if s.remote != nil || s.mode == Resume {
		change.Action = Update
	}
	switch s.mode {
	case Replace:
		change.Before = listed(s.remote.Files)
	case Resume:
		change.Before = listed(s.staged.Set.Files)
	}
	if change.Uploads() {
		c.noteReserved(s)
		change.Source, change.From, change.Files = c.source.Name, s.local.Path, sourceFiles(s.local.Files)
	}
	change.StagedRun, change.Leftover = s.stagedRun(), s.mode == Adopt && s.staged != nil
	return change
}

// stagedRun is the digest of the run that made the set whole in staging, beside what it is
// to replace; "" where it is not.
func (s *candidate) stagedRun() string {
	if s.mode != Replace || !s.wholeInStaging() || s.staged.Set.Manifest == nil {
		return ""
	}
	return RunDigest(s.staged.Set.Manifest.Run)
}

// listed are files at a destination, whose times mean nothing.
func listed(from []state.File) []File {
	to := make([]File, len(from))
	for i, f := range from {
		to[i] = File{Path: f.Path, Size: f.Size}
	}
	return to
}

// sourceFiles are files that an upload finds again as they are.
func sourceFiles(from []state.File) []File {
	to := listed(from)
	for i, f := range from {
		to[i].MTime = f.ModTime.UTC()
	}
	return to
}
