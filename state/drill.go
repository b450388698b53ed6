package state

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Drill records one drill: a set was restored from a destination, verified and tried. It lies
// in our folder at the destination, one file for each drill, which is written once:
//
//	drills/Bart~2026-11-21-010000~20261122T010000Z-0a1b2c3d4e5f
type Drill struct {
	Key               // the set
	Run      string   // the id of the drill: its time in UTC, and random digits
	Name     string   // of the drill block
	Host     string   // the machine that it was restored to
	Tool     string   // the version of vmxsync
	Manifest string   // identity of the manifest of the set
	Verdict  Verdict  // what became of it
	Why      string   // why it failed, in one line; "" if it passed. It may hold hostile names
	Notes    []string // what else a person should know, a line each; they may hold hostile names
	Level    string   // how the restored files were proven: ReadProof, or "" where they have no sums
	Bytes    int64    // of the set
	Began    time.Time
	Restored time.Duration // how long the restore took
	Verified time.Duration // how long it took to read the restored files
	Tried    time.Duration // how long the command took; 0: there is none, or it was not reached
}

// Verdict is what became of a drill.
type Verdict string

// The verdicts.
const (
	Passed Verdict = "passed"
	Failed Verdict = "failed"
)

const (
	drillFormat = "vmxsync.drill/1"
	// MaxDrill is the size of the largest record of a drill that is read, in bytes.
	MaxDrill = 64 << 10

	maxDrillLine  = 500 // bytes of a text in it, of which each may take six
	maxDrillNotes = 10
)

var errDrill = errors.New("not a record of a drill of this format")

type drillJSON struct {
	Format   string    `json:"format"`
	Address  string    `json:"address"` // "Bart/2026-11-21-010000"
	Run      string    `json:"run"`
	Name     string    `json:"name"`
	Host     string    `json:"host"`
	Tool     string    `json:"tool"`
	Manifest string    `json:"manifest"`
	Verdict  Verdict   `json:"verdict"`
	Why      string    `json:"why,omitempty"`
	Notes    []string  `json:"notes,omitempty"`
	Level    string    `json:"level,omitempty"`
	Bytes    int64     `json:"bytes"`
	Began    time.Time `json:"began"` // UTC
	Restored float64   `json:"restore_seconds"`
	Verified float64   `json:"verify_seconds,omitempty"`
	Tried    float64   `json:"command_seconds,omitempty"`
}

// Encode writes the record as one JSON document. Long texts are cut, so that it can always be
// read again.
func (d Drill) Encode() []byte {
	doc := drillJSON{
		drillFormat, d.Key.String(), d.Run, short(d.Name), short(d.Host), short(d.Tool), d.Manifest, d.Verdict, short(d.Why), nil, d.Level, d.Bytes,
		d.Began.UTC(), d.Restored.Seconds(), d.Verified.Seconds(), d.Tried.Seconds(),
	}
	for _, note := range d.Notes[:min(len(d.Notes), maxDrillNotes)] {
		doc.Notes = append(doc.Notes, short(note))
	}
	data, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		panic(err) // strings, numbers and times of our own clock always encode
	}
	return append(data, '\n')
}

// short is the beginning of a text, up to the end of a character.
func short(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxDrillLine {
		return text
	}
	const more = "…"
	n := maxDrillLine - len(more)
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + more
}

// ParseDrill reads what Encode wrote; anything else is an error. Its strings may be hostile.
func ParseDrill(data []byte) (Drill, error) {
	var doc drillJSON
	if err := json.Unmarshal(data, &doc); err != nil || doc.Format != drillFormat {
		return Drill{}, errDrill
	}
	_, k, err := SplitAddress("./" + doc.Address)
	if err != nil {
		return Drill{}, fmt.Errorf("%w: %w", errDrill, err)
	}
	d := Drill{
		k, doc.Run, doc.Name, doc.Host, doc.Tool, doc.Manifest, doc.Verdict, doc.Why, doc.Notes, doc.Level, doc.Bytes,
		doc.Began.UTC(), span(doc.Restored), span(doc.Verified), span(doc.Tried),
	}
	switch {
	case d.Verdict != Passed && d.Verdict != Failed:
		return Drill{}, fmt.Errorf("%w: %q is not a verdict", errDrill, d.Verdict)
	case d.Bytes < 0 || d.Began.IsZero() || d.Restored < 0 || d.Verified < 0 || d.Tried < 0:
		return Drill{}, fmt.Errorf("%w: a number or a time is out of range", errDrill)
	case d.Level != "" && d.Level != ReadProof:
		return Drill{}, fmt.Errorf("%w: %q is not a level", errDrill, d.Level)
	case checkRun(d.Run) != nil:
		return Drill{}, fmt.Errorf("%w: %w", errDrill, checkRun(d.Run))
	}
	return d, nil
}

// span is a number of seconds as a duration; -1 where it is out of range: longer than a year.
func span(seconds float64) time.Duration {
	if !(seconds >= 0 && seconds < 366*24*60*60) {
		return -1
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
}

// Took is how long the drill took, from the first byte to the end of the command.
func (d Drill) Took() time.Duration { return d.Restored + d.Verified + d.Tried }

// ByTime orders drills by when they began, oldest first. Of two that began at the same time,
// as clocks with whole seconds show it, one that failed comes last: it is not forgotten.
func (d Drill) ByTime(o Drill) int {
	failed := func(d Drill) int {
		if d.Verdict == Passed {
			return 0
		}
		return 1
	}
	return cmp.Or(d.Began.Compare(o.Began), failed(d)-failed(o), strings.Compare(d.Run, o.Run))
}

// Drills is the folder of the records of drills.
func (w WorkDir) Drills() string { return path.Join(string(w), "drills") }

// Drill is the record of one drill.
func (w WorkDir) Drill(k Key, run string) string {
	return path.Join(w.Drills(), k.Decorated()+"~"+run)
}

// ParseDrillName undoes the last element of WorkDir.Drill.
func ParseDrillName(name string) (k Key, run string, err error) {
	i := strings.LastIndexByte(name, '~')
	if i < 0 {
		return Key{}, "", fmt.Errorf("%q is not VM~TIME~RUN", name)
	}
	if err := checkRun(name[i+1:]); err != nil {
		return Key{}, "", err
	}
	k, err = ParseDecorated(name[:i])
	return k, name[i+1:], err
}

// checkRun proves that a text is the id of a run in lower case: some servers fold the case of
// names.
func checkRun(run string) error {
	digits := strings.Trim(run, "0123456789abcdefghijklmnopqrstuvwxyz-")
	if len(run) < 8 || len(run) > 64 || digits != "" || slices.Contains([]byte{run[0], run[len(run)-1]}, '-') {
		return fmt.Errorf("%q is not the id of a run", run)
	}
	return nil
}
