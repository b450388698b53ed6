package observe

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// workIndex finds what lies in the work folder by VM.
type workIndex struct {
	staged map[string][]*state.Staged
	trash  map[string][]state.Trashed
	// vanished are all that the record has and the reading lacks.
	vanished map[string][]known.Set
	// lookAlikes counts the unmarked sets by all that is seen of them, where links
	// are hidden; nil where a listing shows links.
	lookAlikes map[string]int
}

func indexWork(inv state.Inventory) workIndex {
	x := workIndex{staged: map[string][]*state.Staged{}, trash: map[string][]state.Trashed{}, vanished: map[string][]known.Set{}}
	for _, s := range inv.Vanished(inv.Known) {
		x.vanished[s.VM] = append(x.vanished[s.VM], s)
	}
	x.lookAlikes = countLookAlikes(inv)
	for i := range inv.Staged {
		s := &inv.Staged[i]
		x.staged[s.VM] = append(x.staged[s.VM], s)
	}
	for _, t := range inv.Trash {
		x.trash[t.VM] = append(x.trash[t.VM], t)
	}
	return x
}

// mayBeLink reports whether an unmarked set, or a folder in it, may be a link to the
// files of another. A set with a manifest need not be asked: the
// manifest names the set that it belongs to, and its files.
func (x *workIndex) mayBeLink(s state.Set) bool {
	return x.lookAlikes != nil && !s.Marked && (len(s.Dirs) > 0 || x.lookAlikes[looks(s)] > 1)
}

// gather brings together what destination, staging and source hold of a group.
func gather(g *Group, inv state.Inventory, work workIndex) {
	g.Trash, g.replaced = work.trash[g.VM], map[state.Key]bool{}
	for _, t := range g.Trash {
		if t.Replaced {
			g.replaced[t.Key] = true
		}
	}
	missVanished(g, work.vanished[g.VM])
	byTime := map[state.Stamp]*Candidate{}
	at := func(k state.Key) *Candidate {
		if byTime[k.Stamp] == nil {
			byTime[k.Stamp] = &Candidate{Key: k}
		}
		return byTime[k.Stamp]
	}
	remote := inv.Of(g.VM)
	for i := range remote {
		c := at(remote[i].Key)
		c.Remote, c.Doubt = acceptFound(g, &remote[i]), work.mayBeLink(remote[i])
		c.Digest = state.Digest(c.Remote.Files)
	}
	for _, s := range work.staged[g.VM] {
		at(s.Key).Staged = s
	}
	if g.Unknown = CheckKnown(inv, g.VM); g.Unknown != nil {
		g.Notes = append(g.Notes, g.Note(&notice.Unknown, state.Set{}, g.Unknown.Error()))
	} else if g.Rule == "" {
		local := g.World.Sets(g.Source.Name, g.VM)
		for i := range local {
			if local[i].State == state.Complete {
				at(local[i].Key).Local = &local[i]
			}
		}
	}
	if err := checkWhole(inv, g.VM); err != nil {
		g.Partial = true
		g.Held = errors.New("nothing is deleted while the listing is incomplete")
		g.Notes = append(g.Notes, g.Note(&notice.NotWhole, state.Set{}, err.Error()))
	}
	for c := range maps.Values(byTime) {
		g.Candidates = append(g.Candidates, *c)
	}
	slices.SortFunc(g.Candidates, func(a, b Candidate) int { return b.Key.Compare(a.Key) })
}

// missVanished separates the sets that vanished from those whose loss is accepted.
func missVanished(g *Group, all []known.Set) {
	inv := g.There()
	for _, s := range all {
		k := state.KeyOf(s.Key)
		seen := "last seen " + inv.Known.LastSeen(s).UTC().Format(time.DateOnly)
		if g.World.Flags.Accepts(g.Address(k)) {
			g.Notes = append(g.Notes, g.NoteOf(&notice.Accepted, k.String(), "vanished, "+seen+": no longer reported"))
			continue
		}
		g.Vanished = append(g.Vanished, s)
		n := g.NoteOf(&notice.Vanished, k.String(), seen)
		n.Bytes, n.Also = s.Bytes, serverToo(inv)
		g.Notes = append(g.Notes, n)
	}
}

// serverToo is a sentence for an error that a replaced server may have caused.
func serverToo(inv state.Inventory) string {
	if inv.Server.ChangeFrom(inv.Known) != known.Replaced {
		return ""
	}
	return " The TLS certificate of the server has another key than before, too: it may be another server."
}

// acceptFound is the set as it is judged where its full address is accepted: by what can be
// seen of it, and by the next reading. A copy that was read back and found damaged is
// damaged until it is replaced, is deleted, or a person has it judged anew.
func acceptFound(g *Group, s *state.Set) *state.Set {
	if s.Found == nil || !g.World.Flags.AcceptsInFull(g.Address(s.Key)) {
		return s
	}
	sound := s.Sound()
	g.Notes = append(g.Notes, g.NoteOf(&notice.Accepted, s.Key.String(), "found damaged on "+s.Found.At.Format(time.DateOnly)+", and counts from now on"))
	return &sound
}
