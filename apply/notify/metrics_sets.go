package notify

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Group is what the metrics contain for one VM at one destination, after an apply.
type Group struct {
	Destination string
	VM          string
	Newest      time.Time // complete set; zero if there is no such set
	Sets        int       // complete ones
	Bytes       int64     // of these
	Behind      int       // sets that still wait for their upload
	Vanished    int       // sets that were there by our own record, and are not
	Suspicious  int       // sets that look wrong, and wait for a person
	Asked       bool      // the ledger of the destination was read, or tried: the next two count
	OldestProof time.Time // of a set that was proven; zero: none was
	NeverProven int       // sets that were never proven, and can be
	Damaged     int       // sets whose files are not what their manifests say
	Unreadable  bool      // what its source holds of it could not be read as a whole
	Unknown     bool      // nor what the destination holds: of the figures only Unreadable counts
	Ended       bool      // the VM is gone for good: its newest set may be as old as it likes
}

// unreadable is the name of the one figure of a group of which nothing is known, newestSet
// of the one that a group has not whose VM is gone for good, and the others are those of a
// group whose ledger was asked.
const (
	unreadable  = "vmxsync_unreadable"
	newestSet   = "vmxsync_newest_set_timestamp_seconds"
	oldestProof = "vmxsync_oldest_proof_timestamp_seconds"
	neverProven = "vmxsync_never_proven"
)

// has reports whether a group has a figure.
func (g Group) has(metric string) bool {
	if metric == unreadable {
		return true
	}
	if metric == oldestProof || metric == neverProven {
		return !g.Unknown && g.Asked
	}
	return !g.Unknown && !(g.Ended && metric == newestSet)
}

// Holdings are the groups that a plan has read. Nil is an apply without a reading
// of its own: what an earlier one wrote stays.
type Holdings struct {
	Groups []Group
	// Unread are the destinations of the configuration that could not be read: their
	// earlier figures stay, for an alarm must not end because a server is away.
	Unread []string
	// InPart are the destinations of which not all VMs are known: the earlier figures
	// of those that are in no group stay.
	InPart []string
}

// groupMetrics are the metrics of a group, with what each is.
var groupMetrics = []struct {
	name, help string
	value      func(Group) int64
}{
	{newestSet, "Time of the newest complete set of a VM at a destination; 0 if the VM has no complete set.", func(g Group) int64 { return seconds(g.Newest) }},
	{"vmxsync_sets", "Complete sets of a VM at a destination.", func(g Group) int64 { return int64(g.Sets) }},
	{"vmxsync_bytes", "Bytes of the complete sets of a VM at a destination.", func(g Group) int64 { return g.Bytes }},
	{"vmxsync_behind", "Sets of a VM that still wait for their upload to a destination.", func(g Group) int64 { return int64(g.Behind) }},
	{"vmxsync_vanished", "Sets of a VM that disappeared from a destination without a delete by vmxsync.", func(g Group) int64 { return int64(g.Vanished) }},
	{"vmxsync_suspicious", "Suspicious sets of a VM at a destination that nobody has accepted yet.", func(g Group) int64 { return int64(g.Suspicious) }},
	{"vmxsync_damaged", "Sets of a VM at a destination whose files do not match their manifests.", func(g Group) int64 { return int64(g.Damaged) }},
	{oldestProof, "Time of the oldest proof of the complete sets of a VM at a destination that were proven; 0 if none was.", func(g Group) int64 { return seconds(g.OldestProof) }},
	{neverProven, "Complete sets of a VM at a destination that were never proven, without those that have no checksums.", func(g Group) int64 { return int64(g.NeverProven) }},
	{unreadable, "1 if sets of a VM could not be read at its source or at the destination, otherwise 0.", func(g Group) int64 {
		if g.Unreadable || g.Unknown {
			return 1
		}
		return 0
	}},
}

// seconds is a time in a metric; 0 for none.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// write appends the metrics of all groups, and those of earlier figures that stay.
func (h *Holdings) write(b *bytes.Buffer, name string, old []byte) {
	kept := h.kept(old)
	for _, m := range groupMetrics {
		lines := slices.Clone(kept[m.name])
		if h != nil {
			for _, g := range h.Groups {
				if !g.has(m.name) {
					continue
				}
				lines = append(lines, fmt.Sprintf("%s{name=\"%s\",destination=\"%s\",vm=\"%s\"} %s\n",
					m.name, escapeLabel(name), escapeLabel(g.Destination), escapeLabel(g.VM), strconv.FormatInt(m.value(g), 10)))
			}
		}
		if len(lines) > 0 {
			fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s gauge\n", m.name, m.help, m.name)
			for _, line := range lines {
				b.WriteString(line)
			}
		}
	}
}

var groupSample = regexp.MustCompile(`^(vmxsync_\w+)\{name="(?:[^"\\]|\\.)*",destination="((?:[^"\\]|\\.)*)",vm="((?:[^"\\]|\\.)*)"\} \d+\n$`)

// kept are the lines of an older file that stay, by metric.
func (h *Holdings) kept(old []byte) map[string][]string {
	stay := map[string][]string{}
	for line := range bytes.Lines(old) {
		m := groupSample.FindSubmatch(line)
		if m != nil && h.keeps(string(m[1]), string(m[2]), string(m[3])) {
			stay[string(m[1])] = append(stay[string(m[1])], string(line))
		}
	}
	return stay
}

// keeps reports whether an older figure stays: that of what was not read now. The
// labels are as they are written.
func (h *Holdings) keeps(metric, destination, vm string) bool {
	if h == nil {
		return true
	}
	of := func(name string) bool { return escapeLabel(name) == destination }
	i := slices.IndexFunc(h.Groups, func(g Group) bool { return of(g.Destination) && escapeLabel(g.VM) == vm })
	if i >= 0 {
		return h.Groups[i].Unknown && metric != unreadable
	}
	return slices.ContainsFunc(h.Unread, of) || slices.ContainsFunc(h.InPart, of)
}
