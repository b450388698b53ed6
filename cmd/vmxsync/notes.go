package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/regular"
)

// Notes are normal facts. A plan is made to be reviewed, and always shows them; so
// does an apply that asks for approval. A nightly apply, which nobody watches, prints
// and mails only the notes that were different at the last apply: what is the same
// every day hides what is not. -verbosity=info shows all.

// notesFormat is the format of the file that remembers the notes of the last apply.
const notesFormat = "vmxsync.notes/1"

// maxNotes bounds that file, in bytes. A note takes some 60.
const maxNotes = 1 << 20

// noteFacts are the notes of a plan: digests of their texts, by code and place.
type noteFacts map[string]string

type notesFile struct {
	Format string    `json:"format"`
	Notes  noteFacts `json:"notes"`
}

// transient matches what changes by itself in a note that is the same fact every
// night: the stamps of sets, dates and times.
var transient = regexp.MustCompile(`\d{4}-\d{2}-\d{2}(-\d{6}|[T ][\d:.]+Z?)?`)

func noteFact(n diff.Notice) (key, digest string) {
	return n.Code + " " + n.Scope, checksum([]byte(transient.ReplaceAllString(n.WithHint(), "")))[:16]
}

func newNoteFacts(plan *diff.Plan) noteFacts {
	facts := noteFacts{}
	for _, n := range plan.Notices {
		if isNote(n) {
			key, digest := noteFact(n)
			facts[key] = digest
		}
	}
	return facts
}

// isNote reports whether a notice is neither an error nor a warning.
func isNote(n diff.Notice) bool { return n.Class == diff.NoteClass }

// knows reports whether a note was the same at the last apply.
func (f noteFacts) knows(n diff.Notice) bool {
	key, digest := noteFact(n)
	return isNote(n) && f[key] == digest
}

// wantsNotes reports whether the user has asked for each note.
func (p *process) wantsNotes() bool { return p.ui.InDetail() }

// withNewNotes returns the plan as an approved apply shows it, without the notes that
// the last apply has shown. The report leaves them out of the mail too.
func (p *process) withNewNotes(plan *diff.Plan, approved approval) *diff.Plan {
	p.applyReport.notes = newNoteFacts(plan)
	if approved == "" || p.wantsNotes() {
		return plan
	}
	last := p.lastNotes()
	p.applyReport.report.KnownNotes = map[string]bool{}
	shown := *plan
	shown.Notices = slices.DeleteFunc(slices.Clone(plan.Notices), func(n diff.Notice) bool {
		if !last.knows(n) {
			return false
		}
		p.applyReport.report.KnownNotes[n.WithHint()] = true
		return true
	})
	return &shown
}

func (p *process) notesPath() (string, error) {
	if p.applyReport.dir == "" {
		return "", errNoStateDir
	}
	dir, err := p.stateDir()
	return filepath.Join(dir, "notes", checksum([]byte(p.applyReport.dir))[:16]+".json"), err
}

// lastNotes returns the notes of the last apply; none if they are not known, and then
// all notes are shown again.
func (p *process) lastNotes() noteFacts {
	path, err := p.notesPath()
	if err != nil {
		return nil
	}
	f, err := regular.OpenItself(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxNotes+1))
	var last notesFile
	if err != nil || len(data) > maxNotes || json.Unmarshal(data, &last) != nil || last.Format != notesFormat {
		return nil
	}
	return last.Notes
}

// rememberNotes records the notes of this apply, after they were printed and mailed.
// If that fails, the notes are shown again, and the apply does not fail.
func (p *process) rememberNotes() {
	if p.applyReport.notes == nil {
		return
	}
	if err := p.writeNotes(notesFile{notesFormat, p.applyReport.notes}); err != nil {
		p.ui.Logf(slog.LevelDebug, "the notes of this apply were not recorded, and the next one shows them again: %v", err)
	}
}

func (p *process) writeNotes(file notesFile) error {
	path, err := p.notesPath()
	if err != nil {
		return err
	}
	data, err := json.Marshal(file)
	if err != nil {
		return err
	}
	if len(data) >= maxNotes {
		return fmt.Errorf("%s would have more than %d bytes", path, maxNotes)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replaceFile(path, append(data, '\n'), 0o600)
}
