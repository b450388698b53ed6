package apply

import (
	"errors"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

var errConfined = errors.New("the step writes outside the work folder and the planned sets")

// confine refuses a step that writes outside the work folder and the set of its change.
// A plan is external data: a mistake in it must not reach another folder.
func confine(j *job, s diff.Step) error {
	for _, p := range []string{s.From, s.To} {
		if p == "" {
			continue
		}
		if err := providers.CheckPath(p); err != nil {
			return err
		}
	}
	if !confined(j, s) {
		return errConfined
	}
	return nil
}

func confined(j *job, s diff.Step) bool {
	w := j.place.WorkDir
	staged := within(w.Staged(j.key))
	switch s.Op {
	case diff.OpOwn:
		return s.To == w.Owner()
	case diff.OpDisown:
		folder := state.WorkDir(path.Dir(s.From))
		return folder != w && s.From == folder.Owner() && !strings.Contains(string(folder), "/")
	case diff.OpClaim:
		return s.To == w.Claim(j.key)
	case diff.OpPut:
		return within(j.sendTo())(s.To) && s.To != path.Join(j.sendTo(), state.ManifestName)
	case diff.OpManifest:
		return staged(s.From) && s.To == path.Join(w.StagedSet(j.key), state.ManifestName)
	case diff.OpPublish:
		return s.From == w.StagedSet(j.key) && s.To == j.final()
	case diff.OpRelease:
		return s.From == w.Staged(j.key)
	case diff.OpMark:
		return within(string(w))(s.From) && s.To == path.Join(j.final(), state.ManifestName)
	case diff.OpTrash, diff.OpAside:
		return s.From == j.final() && within(w.Trash())(s.To)
	case diff.OpReturn:
		return within(w.Trash())(s.From) && s.To == j.place.Layout.Path(trashed(s.From)) || j.beside(s.From, s.To)
	case diff.OpPurge:
		return within(w.Trash())(s.From) || within(w.Staging())(s.From) || j.has(diff.OpCondemn) && s.From == j.final()
	case diff.OpSeal:
		return j.inPlace() && s.From == w.StagedManifest(j.key) && s.To == path.Join(j.final(), state.ManifestName)
	case diff.OpCondemn:
		return j.change.Action == diff.Delete && s.From == j.final() && s.To == w.Claim(j.key)
	case diff.OpPrune:
		return s.From == j.final() && j.beside(s.To, s.From)
	case diff.OpClear:
		return j.beside(s.From, s.To)
	case diff.OpAbandon:
		k, ok := j.stagedKey(s.From)
		return ok && k.VM == j.key.VM && s.To == j.place.Layout.Path(k)
	}
	return false
}

// beside reports whether aside is what a prune makes of the name of a set at a source.
func (j *job) beside(aside, final string) bool {
	name, _, _, ok := state.ParseAside(aside)
	key, fits := j.place.Layout.Key(final)
	return j.place.Role == diff.SourceRole && ok && name == final && fits && key.VM == j.key.VM
}

func within(dir string) func(string) bool {
	return func(p string) bool { return strings.HasPrefix(p, dir+"/") }
}

// trashed is the key of the set in a trash folder; zero if it is not a trash folder.
func trashed(p string) state.Key {
	k, _, _, _ := state.ParseTrash(path.Base(p))
	return k
}
