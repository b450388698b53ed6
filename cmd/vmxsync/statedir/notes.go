package statedir

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/files"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/regular"
)

// Notes are normal facts of a plan. A plan is made to be reviewed, and always shows them; so
// does an apply that asks for approval. A nightly apply, which nobody watches, prints
// and mails only the notes that were different at the last apply: what is the same
// every day hides what is not. -verbosity=info shows all.

// notesFormat is the format of the file that remembers the notes of the last apply.
const notesFormat = "vmxsync.notes/1"

// maxNotes bounds that file, in bytes. A note takes some 60.
const maxNotes = 1 << 20

// Notes are the notes of a plan: digests of their texts, by code and place.
type Notes map[string]string

type notesFile struct {
	Format string `json:"format"`
	Notes  Notes  `json:"notes"`
}

// transient matches what changes by itself in a note that is the same fact every
// night: the stamps of sets, dates and times.
var transient = regexp.MustCompile(`\d{4}-\d{2}-\d{2}(-\d{6}|[T ][\d:.]+Z?)?`)

func noteFact(n diff.Notice) (key, digest string) {
	return n.Code + " " + n.Scope, Digest(transient.ReplaceAllString(n.WithHint(), ""))[:16]
}

// NewNotes returns the notes of a plan.
func NewNotes(plan *diff.Plan) Notes {
	facts := Notes{}
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

// Knows reports whether a note was the same at the last apply.
func (f Notes) Knows(n diff.Notice) bool {
	key, digest := noteFact(n)
	return isNote(n) && f[key] == digest
}

// LastNotes returns the notes of the last apply of the configuration in dir; none if they
// are not known, and then all notes are shown again.
func (d Dir) LastNotes(dir string) Notes {
	path, err := d.notes(dir)
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

// KeepNotes records the notes of an apply, after they were printed and mailed.
func (d Dir) KeepNotes(dir string, notes Notes) error {
	path, err := d.notes(dir)
	if err != nil {
		return err
	}
	data, err := json.Marshal(notesFile{notesFormat, notes})
	if err != nil {
		return err
	}
	if len(data) >= maxNotes {
		return fmt.Errorf("%s would have more than %d bytes", path, maxNotes)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return files.Replace(path, append(data, '\n'), 0o600)
}

func (d Dir) notes(dir string) (string, error) {
	if dir == "" {
		return "", ErrNone
	}
	return d.file("notes", dir, 16, ".json")
}
