package trial

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Ledger notes the paths that a trial has made, for a place whose listings do
// not show them.
type Ledger struct {
	mu   sync.Mutex
	made map[string]bool
}

// Note takes a path that may be there from now on.
func (l *Ledger) Note(p string) {
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

// Moved takes a rename that may have happened.
func (l *Ledger) Moved(from, to string) {
	if l == nil {
		return
	}
	l.Note(to)
	for _, p := range l.below(from) {
		l.Note(to + strings.TrimPrefix(p, from))
	}
}

func (l *Ledger) below(dir string) []string {
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

// Remove removes all that was noted below dir, its folders, and dir itself, by
// their names: the deepest first, whatever the place says to each.
func (l *Ledger) Remove(ctx context.Context, store providers.Store, dir string) {
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

// Farewell is ctx, or what there is left to do once ctx is done.
func Farewell(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return ctx, func() {}
	}
	return context.WithTimeout(context.WithoutCancel(ctx), grace)
}
