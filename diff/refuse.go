package diff

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
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
	ErrAmbiguous = errors.New("is ambiguous")
)

var errNotRead = errors.New("was not read")

// readError is why a place could not be read; nil if it could.
func (w *planner) readError(place string) error {
	inv, ok := w.Inventories[place]
	if !ok {
		return errNotRead
	}
	return inv.Err
}

// refusal joins the errors that forbid a plan.
func (w *planner) refusal() error {
	var errs []error
	for _, s := range w.Spec.Sources {
		errs = append(errs, w.refuseSource(s))
	}
	reached, must := 0, 0
	for _, d := range w.Spec.Destinations {
		errs = append(errs, w.refuseDestination(d))
		if w.readable(d.Name) {
			reached++
		}
		if !d.Optional {
			must++
		}
	}
	err := errors.Join(errs...)
	if err == nil && reached == 0 && must > 0 {
		return w.nothingReachable()
	}
	return err
}

// nothingReachable joins the reason for each destination.
func (w *planner) nothingReachable() error {
	var errs []error
	for _, d := range w.Spec.Destinations {
		err := w.readError(d.Name)
		errs = append(errs, providers.WithHint(fmt.Errorf("%w: destination %q: %w", ErrNothingReachable, d.Name, err), hintOr(err, "Check that the place is there: the host, the network, the disk.")))
	}
	return errors.Join(errs...)
}

func (w *planner) refuseSource(s state.Source) error {
	if _, both := w.Spec.Destination(s.Name); both {
		return providers.WithHint(fmt.Errorf("%q %w: a source and a destination have this name", s.Name, ErrAmbiguous),
			"Give the source or the destination another name.")
	}
	for _, vm := range slices.Sorted(maps.Keys(w.holds[s.Name])) {
		if err := w.refuseAmbiguous(s.Name, vm); err != nil {
			return err
		}
	}
	if _, err := w.zone(s); err != nil {
		return providers.WithHint(fmt.Errorf("source %q: %w", s.Name, err), "Set timezone to a name such as \"Europe/Berlin\", or to \"Local\".")
	}
	err := w.readError(s.Name)
	if err == nil && len(w.holds[s.Name]) == 0 {
		err = ErrEmptySource
	}
	if err == nil {
		return nil
	}
	w.emptySources[s.Name] = true
	empty := errors.Is(err, ErrEmptySource)
	switch backIsComing := len(w.Inventories[s.Name].Asides) > 0; {
	case empty && (s.OnEmpty == "ignore" || backIsComing):
		w.notes.add(notice.Note{Place: s.Name, Kind: &notice.Empty, Why: err.Error()})
		return nil
	case s.OnEmpty == "ignore": // the others go on; but what cannot be read is not empty
		w.notes.add(notice.Note{Place: s.Name, Kind: &notice.Unreachable, Why: err.Error(), Hint: providers.Hint(err)})
		return nil
	}
	return providers.WithHint(fmt.Errorf("source %q: %w", s.Name, err), hintOr(err,
		"Check path and layout of the source. Where it may be empty, set on_empty = \"ignore\": nothing is deleted for it then."))
}

// refuseAmbiguous: which of two backups a VM belongs to decides what is deleted.
func (w *planner) refuseAmbiguous(source, vm string) error {
	others := w.Spec.Matches(source, vm)
	if len(others) < 2 {
		return nil
	}
	return providers.WithHint(fmt.Errorf("VM %q of source %q %w: backup %q and backup %q match it equally well",
		vm, source, ErrAmbiguous, others[0].Name, others[1].Name), "Write its name into vms of one of them: an exact name outranks every glob.")
}

func (w *planner) refuseDestination(d state.Destination) error {
	if err := w.readError(d.Name); err != nil {
		return w.refuseUnread(d, err)
	}
	if err := w.refuseNeighbours(d); err != nil {
		return err
	}
	owner := w.Inventories[d.Name].Owner
	if owner == "" || owner == w.Spec.Name || w.Options.TakeOver {
		return nil
	}
	return providers.WithHint(fmt.Errorf("destination %q %w: its root is that of %q, this is %q", d.Name, ErrOwner, owner, w.Spec.Name),
		"Two configurations on one root would delete each other's backups: use another root. If this configuration succeeds that of the owner, give it the same name in the vmxsync block, or take the root over: vmxsync plan -take-over -out=plan.out")
}

func (w *planner) refuseUnread(d state.Destination, err error) error {
	switch {
	case IsAbsent(d, err):
		w.notes.add(notice.Note{Place: d.Name, Kind: &notice.Absent, Why: err.Error()})
		return nil
	case d.Optional:
		w.notes.add(notice.Note{Place: d.Name, Kind: &notice.Unreachable, Why: err.Error(), Hint: providers.Hint(err)})
		return nil
	case w.Options.Partial:
		w.notes.add(notice.Note{Place: d.Name, Kind: &notice.Unreachable, Why: err.Error()})
		return nil
	}
	hint := providers.Hint(err)
	if hint == "" || len(w.Spec.Destinations) > 1 {
		hint = strings.TrimPrefix(hint+"\nTo plan without the destinations that cannot be read, use -partial; where one may be absent, set optional = true.", "\n")
	}
	return providers.WithHint(fmt.Errorf("destination %q: %w", d.Name, err), hint)
}

// IsAbsent reports whether a destination that could not be read, for that reason, may
// be missing: it is optional, and nobody answers there, or the disk is not there. One
// that is there and refuses the login, was wiped, or is another one is at fault.
func IsAbsent(d state.Destination, err error) bool {
	away := errors.Is(err, errNotRead) || errors.Is(err, providers.ErrUnreachable) || errors.Is(err, fs.ErrNotExist)
	return d.Optional && err != nil && away
}

func hintOr(err error, hint string) string {
	if h := providers.Hint(err); h != "" {
		return h
	}
	return hint
}
