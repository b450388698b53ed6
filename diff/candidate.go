package diff

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// candidate is one address of a group: the set at the destination, the one at the source,
// the staged one, and what the plan does with them.
type candidate struct {
	key    state.Key
	remote *state.Set // nil: absent
	local  *state.Set // nil: no ready set
	staged *state.Staged

	inPlace  bool        // the destination publishes in place
	another  bool        // another configuration made it
	doubt    bool        // the set there may be a link to the files of another
	state    state.State // of the set that is, or would be, at the final name
	trusted  bool
	stripped bool // it was complete, and its manifest is gone
	half     bool // unmarked, and looks like a half upload of the local set
	mode     Mode // how the set comes to count where it is kept; "": it need not

	keep           bool
	held           bool // kept only because nothing of the group may be removed
	future         bool // dated in the future: it has no part in any rule
	reasons        []retention.Reason
	named          bool   // by -adopt
	unsure         string // why nobody knows whether -adopt may take it
	changed        bool   // the plan creates or updates it
	excluded       bool   // it would be, without -target or -exclude
	deleteExcluded bool   // it would be deleted without them
	deleted        bool   // the plan deletes it
	early          bool   // before the uploads
	unfit          bool   // the destination cannot hold its names
	digest         string

	unalike   string // why -adopt does not take it unless its full address is named
	pardoned  bool   // it does, and is accepted
	postponed bool   // it is not sent now, as it does not fit into the quota
	forgiven  bool   // the local set was rewritten, and a person lets the copy count
	suspect   string // in what it falls short of the sets of its VM before it; "" if it does not
}

// remoteDigest is the state.Digest of the set at the destination, computed once.
func (s *candidate) remoteDigest() string {
	if s.digest == "" {
		s.digest = state.Digest(s.remote.Files)
	}
	return s.digest
}

// judge finds state and mode. old is the time before which the newest file of
// an unmarked set must have been written, to be believed finished.
func (s *candidate) judge(trust, blind bool, old time.Time, ignore []string) {
	switch {
	case blind:
		s.state = state.Unknown
	case s.remote == nil:
		s.judgeAbsent()
	case s.found(): // the worse, where it also differs
		s.state = state.Damaged
	case s.another && s.remote.State == state.Complete:
		s.state = state.OfAnother
	case s.published() && s.local != nil && !state.SameContent(s.compared(ignore), s.local.Files):
		s.state = state.Differs // the alarm, whether or not its manifest was read as well
	case s.remote.State == state.Complete && s.rewritten():
		s.state = state.Differs
	case s.remote.State == state.Unmarked:
		s.judgeUnmarked(trust, old, ignore)
	default:
		s.state = s.remote.State
	}
}

// rewritten reports whether the local set was written again after it was sent, with
// the same names and sizes. A manifest that was not read shows nothing: whoever
// reads the places reads it where there is reason to.
func (s *candidate) rewritten() bool {
	return s.local != nil && s.remote != nil && s.remote.Manifest != nil && len(s.remote.Manifest.Rewritten(s.local.Files)) > 0
}

func (s *candidate) judgeAbsent() {
	switch {
	case s.wholeInStaging() && !s.inPlace:
		s.state, s.mode = state.Complete, Publish
	case s.local != nil && s.started():
		s.state, s.mode = state.Complete, Resume
	case s.local != nil:
		s.state, s.mode = state.Complete, Upload
	default:
		s.state = state.Incomplete
	}
}

// wholeInStaging reports whether the staged set only needs to be published. The
// source as it is now outranks what was staged.
func (s *candidate) wholeInStaging() bool {
	if s.staged == nil || s.staged.Set.State != state.Complete {
		return false
	}
	if s.staged.Claim != nil && s.staged.Claim.Kind != state.UploadClaim {
		return false
	}
	return s.local == nil || state.SameContent(s.staged.Set.Files, s.local.Files)
}

// started reports whether an upload of exactly these local files was begun, to
// where this one sends them.
func (s *candidate) started() bool {
	if s.staged == nil || s.staged.Claim == nil {
		return false
	}
	claim := s.staged.Claim
	return claim.Kind == state.UploadClaim && claim.InPlace == s.inPlace && claim.Fits(s.local.Files)
}

// inTheWay reports whether the final name holds parts of an upload that this one
// does not go on with.
func (s *candidate) inTheWay() bool { return s.staged.AtFinal() && s.mode == Upload }

// stranded reports whether the set is whole in staging, and nothing brings it to
// its final name.
func (s *candidate) stranded() bool {
	return s.inPlace && s.remote == nil && s.local == nil && s.wholeInStaging()
}

// beingDeleted reports whether a delete of the set was begun in place.
func (s *candidate) beingDeleted() bool { return s.remote != nil && s.state == state.Incomplete }

// published reports whether the set was complete at some time.
func (s *candidate) published() bool {
	return s.remote.State == state.Complete || s.remote.State == state.Damaged && s.remote.Marked
}

// compared are the files that the source would hold as well: a file that is ignored
// only since the upload does not make the sets differ.
func (s *candidate) compared(ignore []string) []state.File {
	if len(ignore) == 0 {
		return s.remote.Files
	}
	return slices.DeleteFunc(slices.Clone(s.remote.Files), func(f state.File) bool { return state.Ignored(ignore, f.Path) })
}

func (s *candidate) judgeUnmarked(trust bool, old time.Time, ignore []string) {
	s.state = state.Unmarked
	settled := !s.doubt && (len(s.remote.Files) == 0 || writtenBefore(s.remote.Files, old))
	same := s.local != nil && state.SameContent(s.compared(ignore), s.local.Files)
	switch {
	case !settled:
	case s.adoptable(same):
		s.mode = Adopt
	case trust && s.remote.Bytes() > 0 && (s.local == nil || same):
		s.trusted = true
	case same:
		s.mode = Adopt
	case s.local != nil && halfOf(s.compared(ignore), s.local.Files):
		s.half = true
		if !s.inPlace { // where nothing can be moved to trash
			s.mode = Replace
		}
	}
}

// writtenBefore is false where the time of any file is not known.
func writtenBefore(files []state.File, t time.Time) bool {
	for _, f := range files {
		if f.ModTime.IsZero() || f.ModTime.After(t) {
			return false
		}
	}
	return true
}

// halfOf reports whether part may be an upload of whole that was broken off:
// each of its files is also in whole, and no larger there.
func halfOf(part, whole []state.File) bool {
	sizes := make(map[string]int64, len(whole))
	for _, f := range whole {
		sizes[f.Path] = f.Size
	}
	for _, f := range part {
		if size, ok := sizes[f.Path]; !ok || f.Size > size {
			return false
		}
	}
	return true
}

// asSet is the candidate as retention sees it; false where there is nothing to
// decide on: a deletion that was begun is finished whatever the policy is.
func (s *candidate) asSet() (state.Set, bool) {
	set := state.Set{Key: s.key, State: s.state, Trusted: s.trusted, Files: s.content()}
	switch {
	case s.suspect != "":
		set.State = state.Suspicious
	case s.mode != "":
		set.State = state.Complete
	}
	return set, !s.beingDeleted() && (s.remote != nil || s.mode != "" || s.start())
}

// counted reports whether the destination holds the set as one that counts now.
func (s *candidate) counted() bool {
	return s.remote != nil && s.mode == "" && !s.future && (s.state == state.Complete || s.trusted)
}

// counts reports whether the set counts there once all creates are done, and
// before any delete.
func (s *candidate) counts() bool { return s.counted() || s.changed && !s.future && s.suspect == "" }

// contentDigest is the state.Digest of the content.
func (s *candidate) contentDigest() string {
	if s.remote != nil && (s.mode == "" || s.mode == Adopt) {
		return s.remoteDigest()
	}
	return state.Digest(s.content())
}

// content is the payload at the final name once mode is done.
func (s *candidate) content() []state.File {
	switch s.mode {
	case Upload, Resume, Replace:
		return s.local.Files
	case Publish:
		return s.staged.Set.Files
	}
	if s.remote == nil {
		return nil
	}
	return s.remote.Files
}
