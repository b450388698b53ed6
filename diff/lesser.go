package diff

import (
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// lesserSet is the code of the notice that the newest set of a VM lacks what the
// one before it had: a backup program that failed may leave such a set, and it
// looks finished.
const lesserSet = "lesser"

// noteLesser compares the newest ready set of a VM with the one before it, here
// or at a destination of its backup.
func (w *world) noteLesser(s state.Source, b state.Backup, vm string) {
	newest := newestBefore(w.holds[s.Name][vm], "")
	if newest == nil {
		return
	}
	before := newestBefore(w.holds[s.Name][vm], newest.Stamp)
	for _, c := range b.Copies {
		there := newestBefore(w.Inventories[c.Destination].Of(vm), newest.Stamp)
		if before == nil || there != nil && there.Stamp > before.Stamp {
			before = there
		}
	}
	if before == nil {
		return
	}
	if why := lesser(newest.Files, *before, s.Ignore); why != "" {
		w.notes.add(note{place: s.Name, code: lesserSet, vm: vm, item: newest.Key.String(), why: why})
	}
}

// newestBefore is the newest complete set, or nil; of those before a time, where
// one is given. Sets come oldest first.
func newestBefore(sets []state.Set, stamp state.Stamp) *state.Set {
	for i := len(sets) - 1; i >= 0; i-- {
		if s := &sets[i]; s.State == state.Complete && (stamp == "" || s.Stamp < stamp) {
			return s
		}
	}
	return nil
}

// lesser says what files lack that the set of that time before had, but for what
// is ignored by now; "" where they lack nothing.
func lesser(files []state.File, before state.Set, ignore []string) string {
	had := slices.DeleteFunc(slices.Clone(before.Files), func(f state.File) bool { return state.Ignored(ignore, f.Path) })
	has := map[string]bool{}
	for _, f := range files {
		has[f.Path] = true
	}
	if i := slices.IndexFunc(had, func(f state.File) bool { return !has[f.Path] }); i >= 0 {
		return fmt.Sprintf("without %s, which %s had", had[i].Path, before.Stamp)
	}
	if now, then := state.TotalBytes(files), state.TotalBytes(had); now < then/2 {
		return fmt.Sprintf("%s, where %s had %s", state.FormatBytes(now), before.Stamp, state.FormatBytes(then))
	}
	return ""
}
