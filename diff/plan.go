package diff

import (
	"encoding/json"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/observe"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/retention"
)

// Plan is everything that an apply does, and why. All its paths are absolute
// or relative to the root of a place that it names. No field holds a secret.
type Plan struct {
	Name string `json:"name"` // owner of the destinations' roots
	// Clock is "VMXSYNC_NOW" where the time was set by the user.
	Clock              string                     `json:"clock,omitempty"`
	Now                time.Time                  `json:"now"`
	Options            Options                    `json:"options"`
	Config             []ConfigFile               `json:"config"`
	Variables          map[string]json.RawMessage `json:"variables"`            // not sensitive
	ApplyTimeVariables []string                   `json:"apply_time_variables"` // sensitive: names only
	Places             []Place                    `json:"places"`               // sources, then destinations
	Changes            []Change                   `json:"changes"`              // in the order of work
	Cleanups           []Cleanup                  `json:"cleanups"`
	Kept               []Kept                     `json:"kept"`
	Groups             []Group                    `json:"groups"`           // of touched scopes
	Verify             []Share                    `json:"verify,omitempty"` // what is read back, and by which verify block
	Notices            []Notice                   `json:"notices"`
	Guard              *Guard                     `json:"guard"`
	Hooks              []config.Hook              `json:"hooks"` // in the order of the configuration
	Notifies           []config.Notify            `json:"notifies"`
	Metrics            *config.Metrics            `json:"metrics,omitempty"`
	Log                *config.Log                `json:"log,omitempty"`
	Summary            Summary                    `json:"summary"`
}

// ConfigFile is one file that the plan was made from.
type ConfigFile struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// Place is a source or a destination: how to open it, and what was seen there.
type Place struct {
	Name     string          `json:"name"`
	Role     Role            `json:"role"`
	Type     string          `json:"type"`     // of the driver
	Settings json.RawMessage `json:"settings"` // the driver's; secrets as references
	Location string          `json:"location"` // for people: "ftp://backup@nas:21/vm"
	Layout   state.Layout    `json:"layout"`
	Ignore   []string        `json:"ignore,omitempty"`   // of a source
	WorkDir  state.WorkDir   `json:"work_dir,omitempty"` // of a destination
	Trust    bool            `json:"trust_unmarked,omitempty"`
	Publish  config.Publish  `json:"publish,omitempty"` // "in_place"; nothing for "rename"
	// Quota is what it may hold, and Held what it holds, in bytes; 0 without a quota.
	Quota int64 `json:"quota,omitempty"`
	Held  int64 `json:"held,omitempty"`
	// Owner as it was read; "" on first use.
	Owner string `json:"owner,omitempty"`
	// Own: the plan writes its name as the owner, on first use and where it takes the
	// root over. Disown are then the work folders of others, whose owner files it deletes.
	Own    bool            `json:"own,omitempty"`
	Disown []state.WorkDir `json:"disown,omitempty"`
	// Former are other configurations whose sets count there: this plan or an
	// earlier one takes the root over from them.
	Former []string `json:"former,omitempty"`
	// Observed are the touched scopes of a destination, by scope: what stale
	// checks compare with. Of a source the planned sets are in the changes.
	Observed []Observed `json:"observed,omitempty"`
	// Known is the record that an apply leaves at a destination, as it is before
	// the changes; nil where the one that is there has the same facts.
	Known *known.Record `json:"known,omitempty"`
	// Going: an apply that died has left the list of what it was about to delete.
	Going bool `json:"going,omitempty"`
	// Unreachable is the reason why the place has no part in this plan.
	Unreachable string `json:"unreachable,omitempty"`
}

// Role is what a place is for.
type Role string

// The roles of places.
const (
	SourceRole      Role = "source"
	DestinationRole Role = "destination"
)

// Observed is one group as the plan saw it.
type Observed struct {
	Scope string        `json:"scope"` // "nas/Bart"
	Sets  []ObservedSet `json:"sets"`  // at final names, by name
}

// ObservedSet is one set as it was read: its state is never differs, which
// only a comparison with the source shows.
type ObservedSet struct {
	Name   state.Stamp `json:"name"`
	State  state.State `json:"state"`
	Files  int         `json:"files"`
	Bytes  int64       `json:"bytes"`
	SHA256 string      `json:"sha256"` // state.Digest: sorted paths and sizes
}

// Change is one set that is uploaded, deleted or adopted.
type Change struct {
	Address string   `json:"address"` // "nas/Bart/2026-11-21-010000"
	Action  Action   `json:"action"`
	Mode    Mode     `json:"mode"`
	Policy  string   `json:"policy,omitempty"` // name of the retention that decided
	Source  string   `json:"source,omitempty"` // place that the files are read from
	From    string   `json:"from,omitempty"`   // folder of the set at the source
	Path    string   `json:"path"`             // folder of the set at the destination
	Reasons []Reason `json:"reasons"`
	Bytes   int64    `json:"bytes"`
	// Files is the payload, sorted. Where a set that is whole in staging only
	// is deleted (Path is then its staged folder), it is all that is in there.
	Files  []state.File `json:"files"`            // with the times of those at a source, and no identity
	Before []state.File `json:"before,omitempty"` // what an update finds at the destination, in staging for a resume
	// Retains are addresses of counted sets that justify a delete and must be present and
	// whole when it happens: of its group, or of a prune at any destination.
	Retains []string `json:"retains,omitempty"`
	// InTrash: a deleted set stays in trash, and a later plan deletes it there.
	InTrash bool `json:"in_trash,omitempty"`
	// StagedRun, of a replace, is the RunDigest of the run that had made the set whole in
	// staging; "" if none had.
	StagedRun string `json:"staged_run,omitempty"`
	// Manifest, of sums, is the identity of the manifest that the plan saw, and Sums are the
	// checksums that it gets, in the order of Files. Of a replace whose Source is another
	// destination, they are those of the copy there, and what is sent has to match Sums.
	Manifest string   `json:"manifest,omitempty"`
	Sums     []string `json:"sums,omitempty"`
	// Leftover, of an adopt: the staged folder of the set holds something else.
	Leftover bool `json:"leftover,omitempty"`
	// Early: a delete that comes before the uploads of its group, and is
	// justified by what the destination holds without them.
	Early bool `json:"early,omitempty"`
	// ProvenSince: before a set is pruned from its source, its copies are read back, but for files that were proven at or after this time; zero: all.
	ProvenSince time.Time `json:"proven_since,omitzero"`
}

// Options are the flags that shaped the plan.
type Options = flags.Options

// DestroyRule is the rule of a delete that only -destroy asked for.
const DestroyRule = decide.DestroyRule

// MaxSize is where a number in JSON stops being exact.
const MaxSize = observe.MaxSize

// Reason is why a set is changed or kept.
type Reason = retention.Reason

// Why parts the texts of the reasons: those of rules that keep the set, and
// all others.
func (c Change) Why() (kept, other []string) {
	for _, r := range c.Reasons {
		if r.Code == retention.Selected {
			kept = append(kept, r.Text)
			continue
		}
		other = append(other, r.Text)
	}
	return kept, other
}

// Mode is the way in which a set is created, updated or deleted.
type Mode string

// The modes.
const (
	Upload  Mode = "upload"  // create: from the source
	Publish Mode = "publish" // create: already whole in staging
	Resume  Mode = "resume"  // update: started before
	Adopt   Mode = "adopt"   // update: only a manifest is written
	Replace Mode = "replace" // update: an unmarked half upload is replaced
	AddSums Mode = "sums"    // update: checksums that a reading has found go into the manifest
	Remove  Mode = "remove"  // delete
	Prune   Mode = "prune"   // delete: at the source, what destinations hold
)

// Cleanup is our own leftover: no delete in the sense of counts and guards.
type Cleanup struct {
	Place string       `json:"place"`
	Kind  string       `json:"kind"` // "staging", "in_place", "trash", "return" (a ~rep, or an ~aside of a source, whose final name is absent), "gone" (what is left of a prune)
	Path  string       `json:"path"`
	VM    string       `json:"vm"`
	Files []state.File `json:"files"` // all files in it, sorted; of "in_place" our parts at the final name
	Bytes int64        `json:"bytes"`
	Claim string       `json:"claim,omitempty"` // of "in_place": the digest of the claim, under which our parts are
}

// Kept is a set at a destination that stays.
type Kept struct {
	Address string      `json:"address"`
	State   state.State `json:"state"` // incomplete: a started upload, or a delete that was begun in place
	Reasons []Reason    `json:"reasons"`
}

// Group is what apply must know of one VM at one destination.
type Group struct {
	Destination string `json:"destination"`
	VM          string `json:"vm"`
	MinKeep     int    `json:"min_keep"`
	// Order is "delete_first" where changes may be early; nothing otherwise.
	Order config.Order `json:"order,omitempty"`
}

// Notice is something a person should know that is no change.
type Notice = notice.Notice

// Class is what a notice asks of the person who reads it.
type Class = notice.Class

// The classes.
const (
	ErrorClass   = notice.ErrorClass
	WarningClass = notice.WarningClass
	NoteClass    = notice.NoteClass
)

// Failures are the notices that are errors, in the order of the plan.
func (p *Plan) Failures() []Notice {
	var errs []Notice
	for _, n := range p.Notices {
		if n.Fails() {
			errs = append(errs, n)
		}
	}
	return errs
}

// Summary counts.
type Summary struct {
	Add         int   `json:"add"`
	Change      int   `json:"change"`
	Destroy     int   `json:"destroy"`
	Unchanged   int   `json:"unchanged"`
	UploadBytes int64 `json:"upload_bytes"`
	FreeBytes   int64 `json:"free_bytes"`
}

// Empty reports that the plan changes no set; it may still clean up.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 }

// Place returns the place of that name.
func (p *Plan) Place(name string) (Place, bool) {
	for _, x := range p.Places {
		if x.Name == name {
			return x, true
		}
	}
	return Place{}, false
}

// Refused reports that the plan must not be applied as it is.
func (p *Plan) Refused() bool {
	return p.Guard != nil && len(p.Guard.Refusals) > 0 && len(p.Guard.Waiting) == 0
}

// Waiting are the addresses of what HoldBack or OnlyCreate has left out of the
// plan.
func (p *Plan) Waiting() []string {
	if p.Guard == nil {
		return nil
	}
	return p.Guard.Waiting
}

// Unapproved reports that what waits does so for nothing but an approval.
func (p *Plan) Unapproved() bool {
	return len(p.Waiting()) > 0 && p.Guard.Refusals[0].Rule == ApprovalRule
}
