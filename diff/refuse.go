package diff

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state/config"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
)

// Why there can be no plan, besides the error of a place that could not be
// read, which is wrapped.
var (
	// ErrOwner: the root of a destination belongs to another configuration.
	ErrOwner = errors.New("belongs to another configuration")
	// ErrEmptySource: a source holds no sets, and on_empty does not ignore it.
	ErrEmptySource = errors.New("holds no sets")
	// ErrNothingReachable: no destination could be read.
	ErrNothingReachable = errors.New("no destination could be read")
	// ErrAmbiguous: a name of the configuration means two things.
	ErrAmbiguous = observe.ErrAmbiguous
)

// refuse joins the errors that forbid a plan. What is wrong with a place and forbids none is
// a note.
func refuse(w *observe.World) (notes []notice.Note, err error) {
	var errs []error
	take := func(n []notice.Note, err error) {
		notes, errs = append(notes, n...), append(errs, err)
	}
	for _, s := range w.Spec.Sources {
		take(refuseSource(w, s))
	}
	reached, must := 0, 0
	for _, d := range w.Spec.Destinations {
		take(refuseDestination(w, d))
		if w.Readable(d.Name) {
			reached++
		}
		if !d.Optional {
			must++
		}
	}
	err = errors.Join(errs...)
	if err == nil && reached == 0 && must > 0 {
		return nil, nothingReachable(w)
	}
	return notes, err
}

// nothingReachable joins the reason for each destination.
func nothingReachable(w *observe.World) error {
	var errs []error
	for _, d := range w.Spec.Destinations {
		err := w.ReadError(d.Name)
		errs = append(errs, providers.WithHint(fmt.Errorf("%w: destination %q: %w", ErrNothingReachable, d.Name, err), hintOr(err, "Check that the place is there: the host, the network, the disk.")))
	}
	return errors.Join(errs...)
}

func refuseSource(w *observe.World, s config.Source) ([]notice.Note, error) {
	if _, both := w.Spec.Destination(s.Name); both {
		return nil, providers.WithHint(fmt.Errorf("%q %w: a source and a destination have this name", s.Name, ErrAmbiguous),
			"Give the source or the destination another name.")
	}
	for _, vm := range w.VMs(s.Name) {
		if err := refuseAmbiguous(w, s.Name, vm); err != nil {
			return nil, err
		}
	}
	if _, err := w.Zone(s); err != nil {
		return nil, providers.WithHint(fmt.Errorf("source %q: %w", s.Name, err), "Set timezone to a name such as \"Europe/Berlin\", or to \"Local\".")
	}
	err := w.ReadError(s.Name)
	if err == nil && w.Empty(s.Name) {
		err = ErrEmptySource
	}
	if err == nil {
		return nil, nil
	}
	empty := errors.Is(err, ErrEmptySource)
	switch backIsComing := len(w.Inventories[s.Name].Asides) > 0; {
	case empty && (s.OnEmpty == "ignore" || backIsComing):
		return placeNote(&notice.Empty, s.Name, err, ""), nil
	case s.OnEmpty == "ignore": // the others go on; but what cannot be read is not empty
		return placeNote(&notice.Unreachable, s.Name, err, providers.Hint(err)), nil
	}
	return nil, providers.WithHint(fmt.Errorf("source %q: %w", s.Name, err), hintOr(err,
		"Check path and layout of the source. Where it may be empty, set on_empty = \"ignore\": nothing is deleted for it then."))
}

// placeNote is the note of what is wrong with a place.
func placeNote(kind *notice.Kind, place string, err error, hint string) []notice.Note {
	return []notice.Note{{Kind: kind, Place: place, Why: err.Error(), Hint: hint}}
}

// refuseAmbiguous: which of two backups a VM belongs to decides what is deleted.
func refuseAmbiguous(w *observe.World, source, vm string) error {
	others := w.Spec.Matches(source, vm)
	if len(others) < 2 {
		return nil
	}
	return providers.WithHint(fmt.Errorf("VM %q of source %q %w: backup %q and backup %q match it equally well",
		vm, source, ErrAmbiguous, others[0].Name, others[1].Name), "Write its name into vms of one of them: an exact name outranks every glob.")
}

func refuseDestination(w *observe.World, d config.Destination) ([]notice.Note, error) {
	if err := w.ReadError(d.Name); err != nil {
		return refuseUnread(w, d, err)
	}
	if err := refuseNeighbours(w, d); err != nil {
		return nil, err
	}
	owner := w.Inventories[d.Name].Owner
	if owner == "" || owner == w.Spec.Name || w.Flags.TakeOver {
		return nil, nil
	}
	return nil, providers.WithHint(fmt.Errorf("destination %q %w: its root is that of %q, this is %q", d.Name, ErrOwner, owner, w.Spec.Name),
		"Two configurations on one root would delete each other's backups: use another root. If this configuration succeeds that of the owner, give it the same name in the vmxsync block, or take the root over: vmxsync plan -take-over -out=plan.out")
}

func refuseUnread(w *observe.World, d config.Destination, err error) ([]notice.Note, error) {
	switch {
	case IsAbsent(d, err):
		return placeNote(&notice.Absent, d.Name, err, ""), nil
	case d.Optional:
		return placeNote(&notice.Unreachable, d.Name, err, providers.Hint(err)), nil
	case w.Flags.Partial:
		return placeNote(&notice.Unreachable, d.Name, err, ""), nil
	}
	hint := providers.Hint(err)
	if hint == "" || len(w.Spec.Destinations) > 1 {
		hint = strings.TrimPrefix(hint+"\nTo plan without the destinations that cannot be read, use -partial; where one may be absent, set optional = true.", "\n")
	}
	return nil, providers.WithHint(fmt.Errorf("destination %q: %w", d.Name, err), hint)
}

// IsAbsent reports whether a destination that could not be read, for that reason, may
// be missing: it is optional, and nobody answers there, or the disk is not there. One
// that is there and refuses the login, was wiped, or is another one is at fault.
func IsAbsent(d config.Destination, err error) bool {
	away := errors.Is(err, observe.ErrNotRead) || errors.Is(err, providers.ErrUnreachable) || errors.Is(err, fs.ErrNotExist)
	return d.Optional && err != nil && away
}

func hintOr(err error, hint string) string {
	if h := providers.Hint(err); h != "" {
		return h
	}
	return hint
}

// refuseNeighbours: a second work folder at a root is a second owner, with a lock
// of its own, whatever its name is.
func refuseNeighbours(w *observe.World, d config.Destination) error {
	others := w.Inventories[d.Name].Neighbours
	if w.Flags.TakeOver || len(others) == 0 {
		return nil
	}
	n := others[0]
	err := fmt.Errorf("destination %q %w: the work folder %s there is that of %q, this is %q with work_dir = %q",
		d.Name, ErrOwner, n.WorkDir, n.Owner, w.Spec.Name, d.WorkDir)
	hint := "Two configurations on one root would delete each other's backups: use another root. If this configuration succeeds the other, take the root over: vmxsync plan -take-over -out=plan.out"
	if n.Owner == w.Spec.Name {
		hint = fmt.Sprintf("If work_dir was changed, change it back to %q. To continue with the new one: vmxsync plan -take-over -out=plan.out", n.WorkDir)
	}
	return providers.WithHint(err, hint)
}
