package diff

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// ErrReplace: -replace names a set that cannot be exchanged.
var ErrReplace = errors.New("cannot be replaced")

// exchange lets the local set take the place of what stands there, where -replace
// names it: also of a set that looks like it, as nobody sees from here whether its
// bytes are still those that were sent.
func (c *chain) exchange(s *slot) {
	if c.resent(s) && s.remote != nil && c.firm(s) == "" {
		s.mode, s.trusted, s.half = Replace, false, false
	}
}

// andAgain stands behind the command that makes room for a local set.
const andAgain = ", then a new plan"

// sendAgain is the command that lets the local set take the place of what stands there.
// Where nothing can be moved aside, that is deleted, and the next plan sends the set.
func (c *chain) sendAgain(k state.Key) string {
	address := Quoted(c.address(k))
	if c.inPlace() {
		return "vmxsync plan -destroy -target=" + address + " -out=plan.out" + andAgain
	}
	return "vmxsync plan -replace=" + address + " -out=plan.out"
}

// resent reports whether -replace names the set.
func (c *chain) resent(s *slot) bool { return slices.Contains(c.w.Options.Replace, c.address(s.key)) }

// firm says why what stands at an address cannot be exchanged; "" if it can.
func (c *chain) firm(s *slot) string {
	switch {
	case c.blind || s.state == state.Unknown:
		return "what stands there is not known"
	case s.local == nil:
		return "no source holds a ready set of that address"
	case s.remote == nil:
		return "" // it is uploaded as any other
	case c.inPlace():
		return "the destination publishes in place, and moves nothing aside"
	case s.outgoing():
		return "its delete was begun"
	case s.remote.Odd:
		return "it contains what vmxsync never deletes, so that it could never leave the trash: " + s.remote.Problem
	case c.mayLead(s):
		return "it, or a folder in it, may be a link to another's files, and would be emptied with it"
	}
	return ""
}

// mayLead tells whether files below a set may be another's: what is moved aside is
// purged a week later. A manifest of its own says that the folder is none's but
// its, one that fits that all in it is.
func (c *chain) mayLead(s *slot) bool {
	r := s.remote
	if s.doubt || r.State != state.Damaged || s.found() || !c.w.Inventories[c.dest.Name].LinksHidden {
		return s.doubt
	}
	return len(r.Dirs) > 0 || r.Manifest == nil || r.Manifest.Key != s.key
}

// refuseReplaces joins an error for each set that -replace names in vain.
func (w *world) refuseReplaces() error {
	var errs []error
	for _, address := range w.Options.Replace {
		if why := w.unreplaced(address); why != "" {
			err := fmt.Errorf("-replace=%q: it %w: %s", address, ErrReplace, why)
			errs = append(errs, providers.WithHint(err, "Leave out -replace. vmxsync list shows in what state the sets are."))
		}
	}
	return errors.Join(errs...)
}

// unreplaced says why a set is not exchanged in this plan; "" if it is, or is
// left out on purpose.
func (w *world) unreplaced(address string) string {
	place, k, err := state.SplitAddress(address)
	if err != nil {
		return err.Error()
	}
	c := w.chains[state.Scope(place, k.VM)]
	if c == nil || c.slot(k) == nil {
		return "the destination has no such set in this plan"
	}
	s := c.slot(k)
	switch why := c.firm(s); {
	case s.changed, s.left:
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
