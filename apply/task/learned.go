package task

import (
	"sync"
	"time"
	"unicode"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// Learned is what the steps of a run have found out about one place, so that each thing
// is asked once there: other jobs wait for the answer. The zero value is ready to use.
type Learned struct {
	trial   sync.Mutex
	moved   known.Moves
	refusal error // of the trial rename

	asking sync.Mutex
	proofs *bool // whether anything was ever proven there
	once   *bool // whether a folder that is there cannot be made again

	publishing sync.Mutex
	published  map[state.Key]bool // by this run, with its manifest

	spelling sync.Mutex
	spelled  map[rune]bool // kinds of characters of names that the place lists as they were sent

	grouping sync.Mutex
	groups   map[string]*Sets // by scope

	owning  sync.Mutex
	unowned time.Time // when the root had no owner

	rooting   sync.Mutex
	root      []providers.File
	rootUntil time.Time // when the root has to be listed again

	working   sync.Mutex
	work      remote.Folder // our own
	workUntil time.Time     // when it has to be listed again

	reading   sync.Mutex
	marks     []read.Mark
	readUntil time.Time // when the marks have to be read again
}

// What was read for one delete counts for the next ones, under the lock of the place: for a
// second, for as long again as it took to read, and for longer the more there was to read,
// because a VM may have thousands of sets and a root thousands of VMs; but not for long after
// a reading that stalled. The files of a set are deleted only after a listing besides, which
// shows the same sets.
const (
	countsFor  = time.Second
	countsEach = 10 * time.Millisecond // of what was read
	countsMost = 5 * time.Minute       // after the end of the reading
)

// CountsUntil is when what was read between two times, of so many, has to be read again.
func CountsUntil(began, ended time.Time, many int) time.Time {
	again := min(max(ended.Sub(began), time.Duration(many)*countsEach), countsMost)
	if until := ended.Add(again); until.After(began.Add(countsFor)) {
		return until
	}
	return began.Add(countsFor)
}

// Root is the listing of the root, by list where the last one does not count any more.
func (l *Learned) Root(now func() time.Time, list func() ([]providers.File, error)) ([]providers.File, error) {
	l.rooting.Lock()
	defer l.rooting.Unlock()
	began := now()
	if began.Before(l.rootUntil) {
		return l.root, nil
	}
	root, err := list()
	if err != nil {
		return root, err
	}
	l.root, l.rootUntil = root, CountsUntil(began, now(), len(root))
	return root, nil
}

// SawUnowned notes that the root was just read, under its lock, and has no owner.
func (l *Learned) SawUnowned(at time.Time) {
	l.owning.Lock()
	defer l.owning.Unlock()
	l.unowned = at
}

// Unowned reports whether the root was read within the last second, and had no owner.
func (l *Learned) Unowned(now time.Time) bool {
	l.owning.Lock()
	defer l.owning.Unlock()
	return !l.unowned.IsZero() && now.Sub(l.unowned) < countsFor
}

// Publish notes that this run has published a set with a manifest that it wrote.
func (l *Learned) Publish(k state.Key) {
	l.publishing.Lock()
	defer l.publishing.Unlock()
	if l.published == nil {
		l.published = map[state.Key]bool{}
	}
	l.published[k] = true
}

// Published reports whether this run has published a set with its own manifest.
func (l *Learned) Published(k state.Key) bool {
	l.publishing.Lock()
	defer l.publishing.Unlock()
	return l.published[k]
}

// Spells reports whether the place is known to list a name as it was sent: each of its
// characters is ASCII, and one of its kind was in a name that it listed so.
func (l *Learned) Spells(name string) bool {
	l.spelling.Lock()
	defer l.spelling.Unlock()
	for _, r := range name {
		if r > unicode.MaxASCII || !l.spelled[kindOf(r)] {
			return false
		}
	}
	return true
}

// Spelled notes that the place lists a name as it was sent.
func (l *Learned) Spelled(name string) {
	l.spelling.Lock()
	defer l.spelling.Unlock()
	if l.spelled == nil {
		l.spelled = map[rune]bool{}
	}
	for _, r := range name {
		l.spelled[kindOf(r)] = true
	}
}

// kindOf is one character for all that a place treats alike: servers change the case of
// all letters, and no digit.
func kindOf(r rune) rune {
	switch {
	case r >= '0' && r <= '9':
		return '0'
	case r >= 'a' && r <= 'z':
		return 'a'
	case r >= 'A' && r <= 'Z':
		return 'A'
	}
	return r
}

// MakesOnce reports whether the place refuses to make a folder that is there.
func (l *Learned) MakesOnce(ask func() (bool, error)) (bool, error) {
	return l.asked(&l.once, ask)
}

// asked is the answer to a question, which is asked once.
func (l *Learned) asked(answer **bool, ask func() (bool, error)) (bool, error) {
	l.asking.Lock()
	defer l.asking.Unlock()
	if *answer == nil {
		is, err := ask()
		if err != nil {
			return false, err
		}
		*answer = &is
	}
	return **answer, nil
}

// Group returns the sets of a scope; nil if they are not known.
func (l *Learned) Group(scope string) *Sets {
	l.grouping.Lock()
	defer l.grouping.Unlock()
	return l.groups[scope]
}

// SetGroup notes the sets of a scope; nil forgets them. Deletes note them, one after the
// other; uploads forget them, and may do so at the same time.
func (l *Learned) SetGroup(scope string, sets *Sets) {
	l.grouping.Lock()
	defer l.grouping.Unlock()
	if l.groups == nil {
		l.groups = map[string]*Sets{}
	}
	l.groups[scope] = sets
}

// Tried is the refusal of the trial rename of what is to be moved; nil if the place allows
// it. Other errors of a try are not remembered: they may not happen again for the next
// set.
func (l *Learned) Tried(what known.Moves, try func() (refusal, err error)) error {
	l.trial.Lock()
	defer l.trial.Unlock()
	if l.refusal != nil || l.moved.Cover(what) {
		return l.refusal
	}
	refusal, err := try()
	if err != nil {
		return err
	}
	if l.refusal = refusal; refusal == nil {
		l.moved = what
	}
	return refusal
}

// readersFor is how long what was read of restores counts: less than a restore takes to be
// planned and to begin, and long enough that deletes of thousands of sets ask seldom.
const readersFor = time.Minute

// Work is the listing of our own folder, by list where the last one does not count any more.
func (l *Learned) Work(now func() time.Time, list func() (remote.Folder, error)) (remote.Folder, error) {
	l.working.Lock()
	defer l.working.Unlock()
	return kept(&l.work, &l.workUntil, now, list)
}

// Marks are those of restores at the place, by read where they do not count any more.
func (l *Learned) Marks(now func() time.Time, read func() ([]read.Mark, error)) ([]read.Mark, error) {
	l.reading.Lock()
	defer l.reading.Unlock()
	return kept(&l.marks, &l.readUntil, now, read)
}

// kept is a value that counts for readersFor, asked for where it does not.
func kept[T any](value *T, until *time.Time, now func() time.Time, ask func() (T, error)) (T, error) {
	if now().Before(*until) {
		return *value, nil
	}
	is, err := ask()
	if err == nil {
		*value, *until = is, now().Add(readersFor)
	}
	return is, err
}

// HoldsProofs reports whether anything was ever proven there.
func (l *Learned) HoldsProofs(ask func() (bool, error)) (bool, error) {
	return l.asked(&l.proofs, ask)
}
