package evidence

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/drills"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// The tables of the report as cells, which the text and the page share. They are escaped for
// terminals.

var vmHead = []string{"DESTINATION", "VM", "LAST BACKUP", "AGE", "LAST PROOF", "LAST RESTORE DRILL", "TOOK", "OVERDUE"}

// cells are those of one VM.
func (d Document) cells(v VM) []string {
	out := []string{v.Destination, providers.Escape(v.VM), "none", "", "never", "never", "", strings.Join(v.Overdue, ", ")}
	if v.LastBackup != "" {
		out[2], out[3] = v.LastBackup, state.FormatAge(d.At.Sub(v.Time))
	}
	if v.Unknown != "" {
		out[2], out[7] = "not known", providers.Escape(v.Unknown)
	}
	switch p := v.LastProof; {
	case p == nil:
	case p.Level == state.ProofUnknown:
		out[4] = "not known"
	case p.Set == v.LastBackup:
		out[4] = day(p.At) + " (" + levels[p.Level] + ")"
	default:
		out[4] = day(p.At) + " (" + levels[p.Level] + ", of " + p.Set + ")"
	}
	if h := v.LastDrill; h != nil {
		out[5], out[6] = day(h.Began)+" "+h.Verdict, seconds(h.Seconds)
	}
	return out
}

// levels are the levels of proofs in words.
var levels = map[string]string{state.ReadProof: "every byte", state.ServerProof: "server's checksums"}

var drillHead = []string{"DRILL", "FROM", "EVERY", "LAST", "SET", "NEXT"}

// cells are those of one drill.
func (r Drill) cells() []string {
	out := []string{r.Name, strings.Join(r.From, ", "), r.Every, "never", "", day(r.Next)}
	if r.Last != nil {
		out[3], out[4] = day(r.Last.Began)+" "+r.Last.Verdict, providers.Escape(r.Last.Address)
	}
	switch {
	case r.Unknown:
		out[5] = "not known"
	case r.Due:
		out[5] = "overdue"
	}
	return out
}

// failures are the last drills that failed, with the reason.
func (d Document) failures() (lines []string) {
	for _, v := range d.VMs {
		if v.LastDrill != nil && v.LastDrill.Verdict == string(state.Failed) {
			lines = append(lines, reason(v.LastDrill))
		}
	}
	return lines
}

func reason(h *drills.Held) string {
	return providers.Escape(fmt.Sprintf("%s on %s: %s", h.Address, day(h.Began), h.Why))
}

// unusable are the records of drills that cannot be used.
func (d Document) unusable() (lines []string) {
	for _, text := range d.Unusable {
		lines = append(lines, providers.Escape(text))
	}
	return lines
}

// notRead are the places that could not be read, with the reason.
func (d Document) notRead() (lines []string) {
	for _, name := range slices.Sorted(maps.Keys(d.Unread)) {
		lines = append(lines, providers.Escape(name+": "+d.Unread[name]))
	}
	return lines
}

// sum is the report in a sentence.
func (d Document) sum() string {
	if len(d.VMs) == 0 {
		return "No VM is known: nothing is proven."
	}
	vms, places := map[string]bool{}, map[string]bool{}
	for _, v := range d.VMs {
		vms[v.VM], places[v.Destination] = true, true
	}
	text := wording.Count(len(vms), "VM") + " at " + wording.Count(len(places), "destination")
	if len(d.Drills) > 0 {
		text += ", " + wording.Count(len(d.Drills), "drill")
	}
	if d.OK {
		return text + "; nothing is overdue."
	}
	return text + fmt.Sprintf("; %d overdue or not known.", d.open())
}

func seconds(s float64) string { return wording.Seconds(time.Duration(s * float64(time.Second))) }

func day(t time.Time) string { return t.Local().Format(time.DateOnly) }
