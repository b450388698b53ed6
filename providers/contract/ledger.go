package contract

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// ledger notes the paths that a trial has made, for a place whose listings do
// not show them.
type ledger struct {
	mu   sync.Mutex
	made map[string]bool
}

// note takes a path that may be there from now on.
func (l *ledger) note(p string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made == nil {
		l.made = map[string]bool{}
	}
	l.made[p] = true
}

// moved takes a rename that may have happened.
func (l *ledger) moved(from, to string) {
	if l == nil {
		return
	}
	l.note(to)
	for _, p := range l.below(from) {
		l.note(to + strings.TrimPrefix(p, from))
	}
}

func (l *ledger) below(dir string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for p := range l.made {
		if strings.HasPrefix(p, dir+"/") {
			found = append(found, p)
		}
	}
	return found
}

// remove removes all that was noted below dir, its folders, and dir itself, by
// their names: the deepest first, whatever the place says to each.
func (l *ledger) remove(ctx context.Context, store providers.Store, dir string) {
	all := map[string]bool{dir: true}
	for _, p := range l.below(dir) {
		for ; p != dir && p != "."; p = path.Dir(p) {
			all[p] = true
		}
	}
	var paths []string
	for p := range all {
		if providers.CheckPath(p) == nil {
			paths = append(paths, p)
		}
	}
	slices.SortFunc(paths, func(a, b string) int {
		if byDepth := strings.Count(b, "/") - strings.Count(a, "/"); byDepth != 0 {
			return byDepth
		}
		return strings.Compare(a, b)
	})
	for _, p := range paths {
		if ctx.Err() != nil {
			return
		}
		_ = store.Remove(ctx, p)
	}
}
