package diff

import (
	"maps"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/retention"
)

type settings = providers.Settings

// The rules under which whole groups are kept.
const (
	orphanRule     = "orphan"
	unassignedRule = "unassigned"
	heldRule       = "held"
	// futureDatedRule is retention's.
	futureDatedRule = "future-dated"
)

// group is one VM at one destination while its part of the plan is made.
type group struct {
	w         *planner
	to        *DestinationPlan
	dest      state.Destination
	work      state.WorkDir
	vm        string
	source    state.Source
	policy    state.Policy
	order     state.Order
	fresh     state.Span // how young its newest set must be; zero: as old as it likes
	maxBehind state.Span // how old a set may be that waits for its upload
	// rule is orphanRule or unassignedRule where nothing of the group is
	// rotated; "" where the policy decides.
	rule string
	// ended: the VM is gone for good, as retired or exclude of its backup say.
	ended bool
	// held says why nothing of the group may be deleted; "" if it may.
	held string
	// unknown: what the destination holds at the final names is not known.
	unknown bool
	// partial: what is missing of it there may be there all the same.
	partial bool
	// overwritten: many of the local sets were rewritten since their upload.
	overwritten bool
	names       []string     // of the configurations whose sets count here
	candidates  []*candidate // newest first
	trash       []state.Trashed
	// vanished are recorded sets that are absent and that no apply has deleted, and whose
	// loss nobody accepts, oldest first.
	vanished []known.Set

	early          []Change // deletes that make room for the creates
	creates        []Change // and updates
	deletes        []Change
	cleanups       []leftover
	lacking        string       // why the newest ready local set is not backed up; "" if it is
	uploadExcluded bool         // -target or -exclude leaves out an upload
	touched        bool         // the group is in the plan, so that apply checks it
	suspects       []*candidate // suspicious sets at the destination or in the plan, newest first
	verdicts       []known.Verdict
	// roomSince is when room was made for uploads of the VM that none has taken yet;
	// zero if that is not so.
	roomSince time.Time
	balance   roomBalance
}

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
	x.countLookAlikes(inv)
	for i := range inv.Staged {
		s := &inv.Staged[i]
		x.staged[s.VM] = append(x.staged[s.VM], s)
	}
	for _, t := range inv.Trash {
		x.trash[t.VM] = append(x.trash[t.VM], t)
	}
	return x
}

// fill brings together what destination, staging and source hold.
func (c *group) fill(inv state.Inventory, work workIndex) {
	c.trash, c.names = work.trash[c.vm], c.w.names(c.dest.Name)
	c.missVanished(work.vanished[c.vm])
	byTime := map[state.Stamp]*candidate{}
	at := func(k state.Key) *candidate {
		if byTime[k.Stamp] == nil {
			byTime[k.Stamp] = &candidate{key: k, inPlace: c.inPlace()}
		}
		return byTime[k.Stamp]
	}
	remote := inv.Of(c.vm)
	for i := range remote {
		s := at(remote[i].Key)
		s.remote, s.doubt = c.acceptFound(&remote[i]), work.mayBeLink(remote[i])
		s.another = c.ofAnother(s.remote)
	}
	for _, s := range work.staged[c.vm] {
		at(s.Key).staged = s
	}
	if why := whyUnknown(inv, c.vm); why != "" {
		c.unknown = true
		c.note(&notice.Unknown, state.Set{}, why)
	} else if c.rule == "" {
		c.fillLocal(at)
	}
	if why := whyIncomplete(inv, c.vm); why != "" {
		c.partial = true
		c.held = "nothing is deleted while the listing is incomplete"
		c.note(&notice.NotWhole, state.Set{}, why)
	}
	c.candidates = slices.SortedFunc(maps.Values(byTime), func(a, b *candidate) int { return b.key.Compare(a.key) })
}

func (c *group) fillLocal(at func(state.Key) *candidate) {
	local := c.w.holds[c.source.Name][c.vm]
	for i := range local {
		if local[i].State == state.Complete {
			at(local[i].Key).local = &local[i]
		}
	}
}

// judge determines for each candidate what the destination holds, and how it may come to count.
func (c *group) judge(q queue) {
	old := c.settledBefore()
	for _, s := range c.candidates {
		s.named = c.rule != unassignedRule && c.w.Options.Adopts(c.address(s.key))
		s.unsure = c.whyUnsure(s)
		trust := c.dest.TrustUnmarked && c.rule != unassignedRule && c.whyUnfinished(s) == ""
		s.judge(trust, c.unknown, old, c.source.Ignore)
		c.strip(s)
		c.exchange(s)
		c.dropUnfit(s)
		c.forgive(s)
		c.postpone(s, q)
	}
}

// plan decides on every slot and adds the outcome to the plan.
func (c *group) plan() {
	c.findSuspicious()
	c.findRoom()
	if c.w.Options.Destroy {
		c.planDestroy()
	} else {
		c.planWanted()
	}
	c.addKept()
	c.noteFresh()
	c.noteGone()
	c.noteSuspicious()
	c.noteBackedUp()
	c.commit()
}

// settledBefore is the time before which what was written counts as settled.
// Where times are vague, what may be younger than settle counts as such.
func (c *group) settledBefore() time.Time {
	return c.w.Now.Add(-c.source.Settle - c.w.Inventories[c.dest.Name].TimeStep)
}

// planWanted plans what retention wants.
func (c *group) planWanted() {
	c.decide()
	c.wantCreates()
	c.emptyTrash()
	goes := c.applySelection(deletions{c.deletable(), c.deletableStaged()})
	c.addCreates()
	c.settleRoom()
	c.addDeletes(goes)
	c.noteRoom()
	c.cleanStaging()
}

// decide asks retention about all sets that count or may count once they are uploaded.
func (c *group) decide() {
	var sets, all []state.Set // without the suspicious ones, and with them
	asked := map[state.Stamp]*candidate{}
	for _, s := range c.candidates {
		if set, ok := s.asSet(); ok {
			sets = append(sets, set)
			if s.suspect != "" {
				set.State = state.Complete
			}
			all = append(all, set)
			asked[s.key.Stamp] = s
		}
	}
	if c.rule == unassignedRule {
		c.keepAll(asked)
		return
	}
	zone, _ := c.w.zone(c.source)
	result := retention.Decide(c.policy, sets, c.w.Now.In(zone))
	for _, d := range result.Decisions {
		s := asked[d.Key.Stamp]
		s.keep, s.held, s.reasons = d.Keep, d.Held, d.Reasons
		s.future = !d.Held && slices.ContainsFunc(d.Reasons, func(r Reason) bool { return r.Rule == futureDatedRule })
	}
	if slices.ContainsFunc(c.candidates, func(s *candidate) bool { return s.suspect != "" }) {
		c.decideSuspicious(retention.Decide(c.policy, all, c.w.Now.In(zone)), asked)
	}
	if c.rule == "" {
		c.noteGroup(result)
	}
}

func (c *group) keepAll(asked map[state.Stamp]*candidate) {
	for _, s := range asked {
		s.keep, s.held = true, true
		s.reasons = []retention.Reason{c.kept(c.rule, c.rule)}
	}
}

// kept is a reason of this package for a set to stay.
func (c *group) kept(rule, text string) retention.Reason {
	return retention.Reason{Rule: rule, Code: retention.Selected, Text: text}
}

// inPlace reports whether the destination cannot rename folders.
func (c *group) inPlace() bool { return c.dest.Publish == state.InPlace }

func (c *group) address(k state.Key) string { return state.Address(c.dest.Name, k) }

// zone is the location of the times in the names of a source's sets.
func (w *planner) zone(s state.Source) (*time.Location, error) {
	if s.Timezone == "" || s.Timezone == "Local" {
		return w.Now.Location(), nil
	}
	return time.LoadLocation(s.Timezone)
}

// commit adds the changes of the group, in the order of work, and what apply
// must know about the group.
func (c *group) commit() {
	changes := slices.Concat(c.early, c.creates, c.deletes)
	c.to.Changes = append(c.to.Changes, changes...)
	c.touched = len(changes) > 0
	for _, x := range c.cleanups {
		if c.selectsCleanup(x) {
			c.to.Cleanups = append(c.to.Cleanups, x.Cleanup)
			c.touched = c.touched || x.Kind == ReturnCleanup
		}
	}
	if c.touched {
		c.to.Groups = append(c.to.Groups, c.inPlan())
		c.to.Observed = append(c.to.Observed, c.observed())
	}
	c.to.groups = append(c.to.groups, c)
}

func (c *group) inPlan() Group {
	return Group{Destination: c.dest.Name, VM: c.vm, MinKeep: c.policy.MinKeep, Order: c.order}
}

func (c *group) observed() Observed {
	o := Observed{Scope: state.Scope(c.dest.Name, c.vm), Sets: []ObservedSet{}}
	for _, s := range slices.Backward(c.candidates) {
		if r := s.remote; r != nil {
			o.Sets = append(o.Sets, ObservedSet{
				Name: s.key.Stamp, State: r.State, Files: len(r.Files), Bytes: r.Bytes(), SHA256: s.remoteDigest(),
			})
		}
	}
	return o
}
