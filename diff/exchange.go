package diff

import (
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/diff/notice"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// ErrReplace: -replace names a set that cannot be exchanged.
var ErrReplace = errors.New("cannot be replaced")

// exchange replaces a set by the local one, where -replace names it: also a set that
// looks the same, because nobody can see from here whether its bytes are still those
// that were sent.
func (c *group) exchange(s *candidate) {
	if c.resent(s) && s.remote != nil && c.replaceRefusal(s) == "" {
		s.mode, s.trusted, s.half = Replace, false, false
	}
}

// sendAgain is the command that lets the local set take the place of what stands there.
// Where nothing can be moved aside, that is deleted, and the next plan sends the set.
func (c *group) sendAgain(k state.Key) string {
	address := flags.Quoted(c.address(k))
	if c.inPlace() {
		return "vmxsync plan -destroy -target=" + address + " -out=plan.out" + notice.AndAgain
	}
	return "vmxsync plan -replace=" + address + " -out=plan.out"
}

// resent reports whether -replace names the set.
func (c *group) resent(s *candidate) bool {
	return c.w.Options.Replaces(c.address(s.key))
}

// replaceRefusal returns why the set at an address cannot be replaced; "" if it can.
func (c *group) replaceRefusal(s *candidate) string {
	switch {
	case c.unknown || s.state == state.Unknown:
		return "the state of the set there is not known"
	case s.local == nil:
		return "no source holds a ready set of that address"
	case s.remote == nil:
		return "" // it is uploaded as any other
	case c.inPlace():
		return "the destination publishes in place, and cannot move the old set to trash"
	case s.beingDeleted():
		return "its deletion is not finished"
	case s.remote.Odd:
		return "it contains something that vmxsync never deletes, so it could never leave the trash: " + s.remote.Problem
	case c.mayLead(s):
		return "it, or a folder in it, may be a link to the files of another set, which would be deleted with it"
	}
	return ""
}

// mayLead reports whether files below a set may be those of another: a replaced set is
// deleted from trash a week later. A manifest of its own proves that the folder is no
// other set's, one that fits that all files in it are its own.
func (c *group) mayLead(s *candidate) bool {
	r := s.remote
	if s.doubt || r.State != state.Damaged || s.found() || !c.w.Inventories[c.dest.Name].LinksHidden {
		return s.doubt
	}
	return len(r.Dirs) > 0 || r.Manifest == nil || r.Manifest.Key != s.key
}

// refuseReplaces joins an error for each set that -replace names and that cannot be replaced.
func (w *planner) refuseReplaces() error {
	var errs []error
	for _, address := range w.Options.Replace {
		if why := w.whyNotReplaced(address); why != "" {
			err := fmt.Errorf("-replace=%q: it %w: %s", address, ErrReplace, why)
			errs = append(errs, providers.WithHint(err, "Leave out -replace. vmxsync list shows the states of the sets."))
		}
	}
	return errors.Join(errs...)
}

// whyNotReplaced returns why a set is not replaced in this plan; "" if it is, or is left
// out on purpose.
func (w *planner) whyNotReplaced(address string) string {
	place, k, err := state.SplitAddress(address)
	if err != nil {
		return err.Error()
	}
	c := w.groups[state.Scope(place, k.VM)]
	if c == nil || c.candidate(k) == nil {
		return "the destination has no such set in this plan"
	}
	s := c.candidate(k)
	switch why := c.replaceRefusal(s); {
	case s.changed, s.excluded:
		return ""
	case why != "":
		return why
	case s.mode != Replace:
		return "its names cannot be used"
	case s.held:
		return "nothing of this VM is changed now"
	}
	return "no rule would keep it: " + s.why()
}
