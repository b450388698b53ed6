package status

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Document is what status prints, as a document; field names are a promise.
type Document struct {
	Format    string        `json:"format"`
	Now       time.Time     `json:"now"`
	OK        bool          `json:"ok"` // all places can be read, a plan can be made, and nothing is alarming
	Places    []Place       `json:"places"`
	Groups    []Group       `json:"groups"`
	Plan      *diff.Summary `json:"plan"` // null if no plan can be made
	NoPlan    []string      `json:"no_plan,omitempty"`
	Notices   []diff.Notice `json:"notices"`              // of the plan
	LastApply *Apply        `json:"last_apply,omitempty"` // on this machine; absent if none is known

	sound bool // nothing is alarming; there may be warnings
}

// Place is one place, and whether it could be read.
type Place struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	Error string `json:"error,omitempty"`
	// Absent: it is optional, and away. Nothing is wrong with that.
	Absent bool `json:"absent,omitempty"`
	// ProofsError is why it is not known of all sets when they were proven.
	ProofsError string `json:"proofs_error,omitempty"`
}

// Group is one VM at one destination.
type Group struct {
	Destination    string              `json:"destination"`
	VM             string              `json:"vm"`
	States         []string            `json:"states"`            // as the table has them: "ok", "behind", "not fresh (8d)", ...
	Rule           string              `json:"rule,omitempty"`    // orphan, unassigned
	Unknown        string              `json:"unknown,omitempty"` // why its sets are not known
	Newest         string              `json:"newest,omitempty"`  // address of the newest complete set
	Time           time.Time           `json:"time,omitzero"`
	AgeSeconds     int64               `json:"age_seconds,omitempty"`
	Sets           int                 `json:"sets"` // complete ones
	Bytes          int64               `json:"bytes"`
	Others         map[state.State]int `json:"others"`
	Adopted        int                 `json:"adopted,omitempty"` // of Sets, without checksums
	Proven         *state.Proven       `json:"proven,omitempty"`  // how and when the newest set was proven
	OldestProof    time.Time           `json:"oldest_proof,omitzero"`
	VerifiedWithin config.Span         `json:"verified_within,omitzero"`
	NotProven      int                 `json:"not_proven,omitempty"`   // of Sets: their proofs are older than that, or they have none
	NeverProven    int                 `json:"never_proven,omitempty"` // of Sets, with checksums
	Vanished       int                 `json:"vanished,omitempty"`     // recorded sets that are absent
	GoneSince      time.Time           `json:"gone_since,omitzero"`    // when it was last seen at its source, if it is missing there
	FreshWithin    config.Span         `json:"fresh_within,omitzero"`
	Fresh          *bool               `json:"fresh"`                    // null: not judged
	Behind         bool                `json:"behind"`                   // sets wait for upload
	BehindSeconds  int64               `json:"behind_seconds,omitempty"` // age of the oldest of them
	Overdue        bool                `json:"overdue"`                  // BehindSeconds is more than max_behind
	Unreadable     string              `json:"unreadable,omitempty"`     // why its sets at the source could not be read
	NotBackedUp    string              `json:"not_backed_up,omitempty"`  // why its newest set is not complete here, and will not be
	Plan           *Planned            `json:"plan"`                     // null if no plan can be made

	severity severity
}

// Planned is how many changes a plan has of a VM at a destination.
type Planned struct {
	Add     int `json:"add"`
	Change  int `json:"change"`
	Destroy int `json:"destroy"`

	waiting state.Stamp // of the oldest set that is to be uploaded; "" if none
}

// Apply is the last apply on this machine.
type Apply struct {
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended,omitzero"` // absent while it is running, or if it never ended
	Running  bool      `json:"running"`
	Result   string    `json:"result,omitempty"` // success, failure, skipped
	ExitCode *int      `json:"exit_code"`        // null if it did not end
	Run      string    `json:"run_id,omitempty"`
	Changes  int       `json:"changes"`
	Done     int       `json:"done"`
	Bytes    int64     `json:"bytes"` // to upload
	Sent     int64     `json:"sent"`
	Unsent   int       `json:"unsent,omitempty"` // notifications that failed
}

// NewApply returns the last apply from its record; nil if there is none.
func NewApply(r *lastrun.Record, running bool) *Apply {
	if r == nil {
		return nil
	}
	a := &Apply{
		Began: r.Began.UTC(), Running: running && !r.HasEnded(), Run: r.Run, Changes: r.Changes, Done: r.Done, Bytes: r.Bytes, Sent: r.Sent,
	}
	if r.HasEnded() {
		a.Ended, a.Result, a.ExitCode, a.Unsent = r.Ended.UTC(), r.Result, &r.ExitCode, r.Unsent
	}
	return a
}

// New returns the document. noPlan is why no plan could be made, and missing which
// destinations could not be read, of those that may not be absent; all are the standings
// of the VMs.
func New(in diff.Input, plan *diff.Plan, noPlan, missing error, all []diff.Standing) Document {
	doc := Document{
		Format: "vmxsync.status/1", Now: in.Now.UTC(), OK: noPlan == nil && missing == nil,
		Places: places(in), Groups: []Group{}, Notices: []diff.Notice{},
	}
	if plan != nil {
		doc.Plan, doc.Notices = &plan.Summary, slices.Concat(doc.Notices, plan.Notices)
		doc.OK = doc.OK && len(plan.Failures()) == 0
	}
	if noPlan != nil {
		for _, one := range failure.Unjoin(noPlan) {
			doc.NoPlan = append(doc.NoPlan, one.Error())
		}
	}
	todo := planned(plan)
	for _, s := range all {
		g := newGroup(s, in.Now)
		if plan != nil {
			g.plan(s, todo[state.Scope(s.Destination, s.VM)], in.Now)
		}
		g = g.judged()
		doc.OK = doc.OK && g.severity < alarming
		doc.Groups = append(doc.Groups, g)
	}
	doc.sound = doc.OK
	doc.OK = doc.OK && !slices.ContainsFunc(doc.Groups, func(g Group) bool { return g.severity == warning })
	return doc
}

func places(in diff.Input) []Place {
	var places []Place
	add := func(name, role string, absent bool) {
		place := Place{Name: name, Role: role, Absent: absent}
		if err := in.Inventories[name].Err; err != nil {
			place.Error = err.Error()
		}
		for _, s := range in.Inventories[name].Sets {
			if s.Proven != nil && s.Proven.Level == state.ProofUnknown {
				place.ProofsError = s.Proven.Problem
			}
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
func planned(plan *diff.Plan) map[string]Planned {
	all := map[string]Planned{}
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

func newGroup(s diff.Standing, now time.Time) Group {
	g := Group{
		Destination: s.Destination, VM: s.VM, Rule: s.Rule, Unknown: s.Unknown, Unreadable: s.Unreadable, NotBackedUp: s.NotBackedUp,
		Proven: s.Proofs.Newest, OldestProof: s.Proofs.Oldest, NeverProven: s.Proofs.Never, VerifiedWithin: s.VerifiedWithin, NotProven: s.NotProven,
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

// plan adds to the group what the plan would do there.
func (g *Group) plan(s diff.Standing, todo Planned, now time.Time) {
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
