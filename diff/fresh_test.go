package diff_test

import (
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// freshWorld wants a set of the last eight days, and has Bart's of these days of
// November everywhere. It is the 22nd.
func freshWorld(days ...int) *world {
	w := newWorld().holds("vmx", sets(state.Complete, days...)...).holds("nas", sets(state.Complete, days...)...)
	w.spec.Backups[0].FreshWithin = config.Span{Days: 8}
	return w
}

func notFresh(p *diff.Plan) (text string) {
	for _, n := range p.Notices {
		if n.Code == "not-fresh" && n.Warns() {
			text += n.Text
		}
	}
	return text
}

func wantNotFresh(t *testing.T, w *world, want string) {
	t.Helper()
	if got := notFresh(w.compute(t)); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

const bartIsOld = "nas: 1 VM has no fresh set. Bart/2026-11-14-010000: older than fresh_within = 8d." +
	" Does the backup program still run? A VM that is gone for good is listed in retired of its backup."

func TestFresh_warnsOfWhatHasBecomeOld(t *testing.T) {
	wantNotFresh(t, freshWorld(13, 14), bartIsOld)
	wantNotFresh(t, freshWorld(13, 15), "")
	w := freshWorld(13, 14)
	w.spec.Backups[0].FreshWithin = config.Span{}
	wantNotFresh(t, w, "")
}

func TestFresh_isToTheHourInTheZoneOfTheSource(t *testing.T) {
	w := freshWorld(13, 14)
	w.spec.Backups[0].FreshWithin = config.Span{Days: 8, Hours: 11} // and it is noon in UTC
	wantNotFresh(t, w, "nas: 1 VM has no fresh set. Bart/2026-11-14-010000: older than fresh_within = 8d11h."+
		" Does the backup program still run? A VM that is gone for good is listed in retired of its backup.")
	w.vmx().Timezone = "America/New_York" // 01:00 there is 06:00 in UTC
	wantNotFresh(t, w, "")
}

func TestFresh_judgesWhatHasVanishedUntilItIsExcluded(t *testing.T) {
	w := freshWorld(13, 14).change("vmx", func(inv *state.Inventory) { inv.Sets = nil }).holds("vmx", set(keyOf("Lisa", 21), state.Complete))
	wantNotFresh(t, w, bartIsOld)
	w.spec.Backups[0].Exclude = []string{"Ba*"}
	wantNotFresh(t, w, "")

	// another source's backup matches all names
	layout := w.vmx().Layout
	w.spec.Sources = append(w.spec.Sources, config.Source{Name: "other", Type: "local", Settings: where{"/other"}, Layout: layout, OnEmpty: "ignore"})
	w.spec.Backups = append(w.spec.Backups, config.Backup{
		Name: "other", Source: "other", VMs: []string{"*"}, Copies: w.spec.Backups[0].Copies, FreshWithin: config.Span{Days: 8},
	})
	wantNotFresh(t, w, "")
	w.spec.Backups[0].Exclude = nil
	wantNotFresh(t, w, bartIsOld)
}

func TestFresh_judgesOnlyWhatIsOurs(t *testing.T) {
	w := freshWorld().holds("vmx", set(key(14), state.Settling)).holds("nas", set(key(14), state.Unmarked))
	wantNotFresh(t, w, "")
	w.holds("nas", sets(state.Complete, 13)...)
	wantNotFresh(t, w, "nas: 1 VM has no fresh set. Bart/2026-11-13-010000: older than fresh_within = 8d."+
		" Does the backup program still run? A VM that is gone for good is listed in retired of its backup.")
}

func TestFresh_countsCompleteSetsAlone(t *testing.T) {
	w := freshWorld(13, 14)
	broken := set(key(20), state.Damaged)
	broken.Marked = true
	w.holds("nas", broken, set(key(21), state.Unmarked))
	wantNotFresh(t, w, bartIsOld)

	w = freshWorld()
	w.holds("nas", broken).holds("vmx", set(keyOf("Lisa", 21), state.Complete))
	wantNotFresh(t, w, "nas: 1 VM has no fresh set. Bart: none of its sets is complete."+
		" Does the backup program still run? A VM that is gone for good is listed in retired of its backup.")
}

func TestFresh_isContentWithWhatThePlanBrings(t *testing.T) {
	wantNotFresh(t, freshWorld(13, 14).holds("vmx", sets(state.Complete, 21)...), "")
}

// Sets from tomorrow would be fresh for ever, and what is not known is no alarm
// of this kind.
func TestFresh_believesNoDateInTheFuture(t *testing.T) {
	w := freshWorld(13, 14).holds("nas", set(state.Key{VM: "Bart", Stamp: state.NewStamp(noon.Add(90 * 24 * time.Hour))}, state.Complete))
	wantNotFresh(t, w, bartIsOld)
	w.change("nas", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{"Bart": "cut"} })
	wantNotFresh(t, w, "")
}
