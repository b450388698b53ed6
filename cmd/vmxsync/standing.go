package main

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// standing is what status prints, as a document; field names are a promise.
type standing struct {
	Format    string          `json:"format"`
	Now       time.Time       `json:"now"`
	OK        bool            `json:"ok"` // all can be read and planned, and nothing is alarming
	Places    []standingPlace `json:"places"`
	Groups    []standingGroup `json:"groups"`
	Plan      *diff.Summary   `json:"plan"` // null where no plan can be made
	NoPlan    []string        `json:"no_plan,omitempty"`
	Notices   []diff.Notice   `json:"notices"`              // of the plan
	LastApply *standingApply  `json:"last_apply,omitempty"` // on this machine; absent where none is known
}

type standingPlace struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	Error string `json:"error,omitempty"`
	// Absent: it is optional, and away. Nothing is wrong with that.
	Absent bool `json:"absent,omitempty"`
}

// standingGroup is one VM at one destination.
type standingGroup struct {
	Destination   string              `json:"destination"`
	VM            string              `json:"vm"`
	States        []string            `json:"states"`            // as the table has them: "ok", "behind", "not fresh (8d)", ...
	Rule          string              `json:"rule,omitempty"`    // orphan, unassigned
	Unknown       string              `json:"unknown,omitempty"` // why what is there is not known
	Newest        string              `json:"newest,omitempty"`  // address of the newest complete set
	Time          time.Time           `json:"time,omitzero"`
	AgeSeconds    int64               `json:"age_seconds,omitempty"`
	Sets          int                 `json:"sets"` // complete ones
	Bytes         int64               `json:"bytes"`
	Others        map[state.State]int `json:"others"`
	Adopted       int                 `json:"adopted,omitempty"`   // of Sets, without sums
	Vanished      int                 `json:"vanished,omitempty"`  // recorded sets that are absent
	GoneSince     time.Time           `json:"gone_since,omitzero"` // when it was last seen at its source, where it is missed there
	FreshWithin   state.Span          `json:"fresh_within,omitzero"`
	Fresh         *bool               `json:"fresh"`                    // null: not judged
	Behind        bool                `json:"behind"`                   // sets wait for their upload
	BehindSeconds int64               `json:"behind_seconds,omitempty"` // age of the oldest of them
	Overdue       bool                `json:"overdue"`                  // that is more than max_behind
	Unreadable    string              `json:"unreadable,omitempty"`     // why what the source holds of it could not be read
	NotBackedUp   string              `json:"not_backed_up,omitempty"`  // why its newest set is not complete here, and will not be
	Plan          *standingPlan       `json:"plan"`                     // null where no plan can be made

	severity severity
}

type standingPlan struct {
	Add     int `json:"add"`
	Change  int `json:"change"`
	Destroy int `json:"destroy"`

	waiting state.Stamp // of the oldest set that is to be uploaded; "" if none
}

// standingApply is the last apply on this machine.
type standingApply struct {
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended,omitzero"` // absent as long as it is at work, or where it never ended
	Running  bool      `json:"running"`
	Result   string    `json:"result,omitempty"` // success, failure, skipped
	ExitCode *int      `json:"exit_code"`        // null without an end
	Run      string    `json:"run_id,omitempty"`
	Changes  int       `json:"changes"`
	Done     int       `json:"done"`
	Bytes    int64     `json:"bytes"` // to upload
	Sent     int64     `json:"sent"`
	Unsent   int       `json:"unsent,omitempty"` // notifications that failed
}

func newStandingApply(r *lastrun.Record, running bool) *standingApply {
	if r == nil {
		return nil
	}
	a := &standingApply{
		Began: r.Began.UTC(), Running: running && !r.HasEnded(), Run: r.Run, Changes: r.Changes, Done: r.Done, Bytes: r.Bytes, Sent: r.Sent,
	}
	if r.HasEnded() {
		a.Ended, a.Result, a.ExitCode, a.Unsent = r.Ended.UTC(), r.Result, &r.ExitCode, r.Unsent
	}
	return a
}

func newStanding(in diff.Input, plan *diff.Plan, noPlan error, all []diff.Standing) standing {
	doc := standing{
		Format: "vmxsync.status/1", Now: in.Now.UTC(), OK: noPlan == nil && unreadDestinations(in.Spec, in.Inventories) == nil,
		Places: standingPlaces(in), Groups: []standingGroup{}, Notices: []diff.Notice{},
	}
	if plan != nil {
		doc.Plan, doc.Notices = &plan.Summary, slices.Concat(doc.Notices, plan.Notices)
		doc.OK = doc.OK && len(plan.Failures()) == 0
	}
	if noPlan != nil {
		for _, one := range unjoin(noPlan) {
			doc.NoPlan = append(doc.NoPlan, one.Error())
		}
	}
	todo := planned(plan)
	for _, s := range all {
		g := newStandingGroup(s, in.Now)
		if plan != nil {
			g.plan(s, todo[state.Scope(s.Destination, s.VM)], in.Now)
		}
		g = g.judged()
		doc.OK = doc.OK && g.severity < alarming
		doc.Groups = append(doc.Groups, g)
	}
	return doc
}

func standingPlaces(in diff.Input) []standingPlace {
	var places []standingPlace
	add := func(name, role string, absent bool) {
		place := standingPlace{Name: name, Role: role, Absent: absent}
		if err := in.Inventories[name].Err; err != nil {
			place.Error = err.Error()
		}
		places = append(places, place)
	}
	for _, s := range in.Spec.Sources {
		add(s.Name, "source", false)
	}
	for _, d := range in.Spec.Destinations {
		add(d.Name, "destination", diff.IsAbsent(d, in.Inventories[d.Name].Err))
	}
	return places
}

// planned counts the changes of each group.
func planned(plan *diff.Plan) map[string]standingPlan {
	all := map[string]standingPlan{}
	if plan == nil {
		return all
	}
	for _, c := range plan.Changes {
		place, k, _ := state.SplitAddress(c.Address)
		n := all[state.Scope(place, k.VM)]
		switch c.Action {
		case diff.Create:
			n.Add++
		case diff.Update:
			n.Change++
		case diff.Delete:
			n.Destroy++
		}
		if c.Action != diff.Delete && (n.waiting == "" || k.Stamp < n.waiting) {
			n.waiting = k.Stamp
		}
		all[state.Scope(place, k.VM)] = n
	}
	return all
}

func newStandingGroup(s diff.Standing, now time.Time) standingGroup {
	g := standingGroup{
		Destination: s.Destination, VM: s.VM, Rule: s.Rule, Unknown: s.Unknown, Unreadable: s.Unreadable, NotBackedUp: s.NotBackedUp,
		Adopted: s.Adopted, Vanished: s.Vanished, GoneSince: s.GoneSince.UTC(),
		Sets: s.Counted, Bytes: s.Bytes, Others: s.Others, FreshWithin: s.FreshWithin,
	}
	if s.Newest != "" {
		g.Newest = state.Address(s.Destination, state.Key{VM: s.VM, Stamp: s.Newest})
		g.Time, g.AgeSeconds = s.At.UTC(), int64(now.Sub(s.At).Seconds())
	}
	if !s.FreshWithin.IsZero() {
		fresh := !s.Stale
		g.Fresh = &fresh
	}
	return g
}

// plan puts into the group what a plan would do there.
func (g *standingGroup) plan(s diff.Standing, todo standingPlan, now time.Time) {
	g.Plan, g.Behind = &todo, todo.Add+todo.Change > 0
	if todo.waiting == "" {
		return
	}
	since, overdue := s.Overdue(todo.waiting, now)
	g.Overdue = overdue
	if !since.IsZero() {
		g.BehindSeconds = int64(now.Sub(since).Seconds())
	}
}
