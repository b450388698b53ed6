package apply

import (
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

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
		return step.ErrConfined
	}
	return nil
}

func confined(j *job, s diff.Step) bool {
	w := j.Place.WorkDir
	staged := within(w.Staged(j.Key))
	switch s.Op {
	case diff.OpOwn:
		return s.To == w.Owner()
	case diff.OpDisown:
		folder := state.WorkDir(path.Dir(s.From))
		return folder != w && s.From == folder.Owner() && !strings.Contains(string(folder), "/")
	case diff.OpClaim:
		return s.To == w.Claim(j.Key)
	case diff.OpPut:
		return within(j.SendTo())(s.To) && s.To != path.Join(j.SendTo(), state.ManifestName)
	case diff.OpManifest:
		return staged(s.From) && s.To == path.Join(w.StagedSet(j.Key), state.ManifestName)
	case diff.OpPublish:
		return s.From == w.StagedSet(j.Key) && s.To == j.Final()
	case diff.OpRelease:
		return s.From == w.Staged(j.Key)
	case diff.OpMark:
		return within(string(w))(s.From) && s.To == path.Join(j.Final(), state.ManifestName)
	case diff.OpTrash, diff.OpAside:
		return s.From == j.Final() && within(w.Trash())(s.To)
	case diff.OpReturn:
		return within(w.Trash())(s.From) && s.To == j.Place.Layout.Path(trashed(s.From)) || j.beside(s.From, s.To)
	case diff.OpPurge:
		return within(w.Trash())(s.From) || within(w.Staging())(s.From) || j.Has(diff.OpCondemn) && s.From == j.Final()
	case diff.OpSeal:
		return j.Place.Publish == state.InPlace && s.From == w.StagedManifest(j.Key) && s.To == path.Join(j.Final(), state.ManifestName)
	case diff.OpCondemn:
		return j.Change.Action == diff.Delete && s.From == j.Final() && s.To == w.Claim(j.Key)
	case diff.OpPrune:
		return s.From == j.Final() && j.beside(s.To, s.From)
	case diff.OpClear:
		return j.beside(s.From, s.To)
	case diff.OpAbandon:
		k, ok := j.StagedKey(s.From)
		return ok && k.VM == j.Key.VM && s.To == j.Place.Layout.Path(k)
	}
	return false
}

// beside reports whether aside is what a prune makes of the name of a set at a source.
func (j *job) beside(aside, final string) bool {
	name, _, _, ok := state.ParseAside(aside)
	key, fits := j.Place.Layout.Key(final)
	return j.Place.Role == diff.SourceRole && ok && name == final && fits && key.VM == j.Key.VM
}

func within(dir string) func(string) bool {
	return func(p string) bool { return strings.HasPrefix(p, dir+"/") }
}

// trashed is the key of the set in a trash folder; zero if it is not a trash folder.
func trashed(p string) state.Key {
	k, _, _, _ := state.ParseTrash(path.Base(p))
	return k
}
