package notify

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// Format is the format of reports. Members may be added to it.
const Format = "vmxsync.result/1"

// Report is the report of an apply. Its JSON form is a promise to scripts;
// no text in it is escaped for terminals.
type Report struct {
	Format   string    `json:"format"`
	Event    string    `json:"event"`     // why it is sent: "before_apply", ...
	Result   Outcome   `json:"result"`    // so far
	ExitCode *int      `json:"exit_code"` // null as long as the apply is not at its end
	Name     string    `json:"name"`      // of the configuration
	Host     string    `json:"host"`
	Run      string    `json:"run_id"`  // "" where there is no plan
	Plan     string    `json:"plan_id"` // likewise
	Started  time.Time `json:"started"`
	// Unfinished is when the apply before this one began, if that did not end.
	Unfinished time.Time `json:"unfinished,omitzero"`
	Seconds    float64   `json:"seconds"` // since then
	Planned    Planned   `json:"planned"`
	Done       Done      `json:"done"`
	Changes    []Change  `json:"changes"`  // in the order of the plan
	Notices    []string  `json:"notices"`  // of the plan
	Warnings   []string  `json:"warnings"` // of the plan and of the run
	LeftOut    []string  `json:"left_out"` // destinations that should have been there, and could not be read
	Errors     []Problem `json:"errors"`   // why it failed
	Causes     []Cause   `json:"causes"`   // why changes failed, one for all of one reason
	Guard      []string  `json:"guard"`    // what the guards refuse, or have held back
	VMs        []VM      `json:"vms"`      // filled in where it is encoded

	// KnownNotes are those of Notices that the last apply had as well: no mail has them.
	KnownNotes map[string]bool `json:"-"`

	kept    map[string][]state.Stamp // of the plan, by scope
	sources map[string]bool          // places of the plan that are sources
}

// Cause is why changes at one destination failed.
type Cause struct {
	Destination string `json:"destination"`
	Text        string `json:"text"`  // "no space left at the destination"
	Short       string `json:"short"` // "disk full"
	Failed      int    `json:"failed"`
	VMs         string `json:"vms"`   // "sql01 2, web01"
	First       string `json:"first"` // the error of the first
	Hint        string `json:"hint,omitempty"`
}

// Outcome is what became of an apply.
type Outcome string

// The outcomes.
const (
	Pending Outcome = "pending" // not at its end
	Success Outcome = "success"
	Skipped Outcome = "skipped" // by a hook at before_apply; nothing was changed
	Failure Outcome = "failure" // any exit code but 0
)

// Planned counts what the plan says.
type Planned struct {
	Add         int   `json:"add"`
	Change      int   `json:"change"`
	Destroy     int   `json:"destroy"`
	UploadBytes int64 `json:"upload_bytes"`
	FreeBytes   int64 `json:"free_bytes"`
}

// Done counts what was done.
type Done struct {
	Added         int   `json:"added"`
	Changed       int   `json:"changed"`
	Destroyed     int   `json:"destroyed"`
	Failed        int   `json:"failed"` // also what was not done because of it
	UploadedBytes int64 `json:"uploaded_bytes"`
	FreedBytes    int64 `json:"freed_bytes"`
	Verified      int   `json:"verified,omitzero"`       // sets that were read back and match their manifests
	VerifiedBytes int64 `json:"verified_bytes,omitzero"` // that were read for it
}

// Change is one set that comes or goes.
type Change struct {
	Address string `json:"address"` // "nas/Bart/2026-11-21-010000"
	Action  string `json:"action"`  // "create", "update", "delete"
	Status  string `json:"status"`  // "pending", "done", "failed", "cancelled", "skipped"
	Bytes   int64  `json:"bytes"`
	Error   string `json:"error,omitempty"`
	Hint    string `json:"hint,omitempty"`  // what to do about it
	Cause   string `json:"cause,omitempty"` // of a failure, in a few words
}

// Problem is an error as people read it.
type Problem struct {
	Summary string `json:"summary"`
	Detail  string `json:"detail,omitempty"`
	Hint    string `json:"hint,omitempty"`
	// Vague reports that the summary says only what failed ("Planning failed"), and
	// the detail why: a subject has both.
	Vague bool `json:"-"`
}

// Of begins the report of a plan whose work is still to come.
func (r Report) Of(plan *diff.Plan) Report {
	s := plan.Summary
	r.Name = plan.Name
	r.Planned = Planned{s.Add, s.Change, s.Destroy, s.UploadBytes, s.FreeBytes}
	r.Changes, r.Notices, r.Warnings, r.Errors = nil, nil, nil, nil
	r.kept, r.sources = kept(plan), map[string]bool{}
	for _, p := range plan.Places {
		r.sources[p.Name] = p.Role == diff.SourceRole
	}
	for _, c := range plan.Changes {
		r.Changes = append(r.Changes, Change{Address: c.Address, Action: c.Action.String(), Status: "pending", Bytes: c.Bytes})
	}
	for _, n := range plan.Notices {
		switch n.Class {
		case diff.ErrorClass:
			r.Errors = append(r.Errors, Problem{Summary: n.Short(), Detail: n.Text, Hint: n.Hint})
		case diff.WarningClass:
			r.Warnings = append(r.Warnings, n.WithHint())
		default:
			r.Notices = append(r.Notices, n.WithHint())
		}
	}
	return r
}

// newNotices are the notes that are not as they were at the last apply.
func (r Report) newNotices() []string {
	return slices.DeleteFunc(slices.Clone(r.Notices), func(text string) bool { return r.KnownNotes[text] })
}

// skipped counts the changes that were left for a later apply.
func (r Report) skipped() int { return r.count("skipped") }

// cancelled counts those that were not tried because of what failed.
func (r Report) cancelled() int { return r.count("cancelled") }

func (r Report) count(status string) int {
	n := 0
	for _, c := range r.Changes {
		if c.Status == status {
			n++
		}
	}
	return n
}

// encode is the report as one line of JSON. Lists are never null, and bytes that
// are no UTF-8 become replacement characters.
func (r Report) encode() ([]byte, error) {
	r.VMs = r.vms()
	data, err := json.Marshal(r, jsontext.AllowInvalidUTF8(true))
	return append(data, '\n'), err
}
