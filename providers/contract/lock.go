package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

var locks = []clause{
	{"lock-made", "a folder is created with its missing parents, but not in place of a file", "", lockMade},
	{"lock-again", "creating a folder that exists fails", "", lockAgain},
	{"lock-one-maker", "of several clients that create the same folder at once, exactly one succeeds (MKD)", "", lockOneMaker},
	{"lock-one-renamer", "of several clients that rename the same file at once, exactly one succeeds", "", lockOneRenamer},
	{"lock-alone", "of concurrent writers to a folder, at most one sees only its own file", "", lockAlone},
	{"lock-beat", "a small file that is rewritten gets a newer time", "", lockBeat},
}

// locker is the store as one that makes folders, or none.
func (t *trial) locker() providers.Locker {
	locker, ok := providers.As[providers.Locker](t.env.Store)
	if !ok {
		t.notApplicable("the store cannot report which client created a folder")
	}
	return locker
}

func lockMade(ctx context.Context, t *trial) {
	l := t.locker()
	if l == nil {
		return
	}
	t.env.made.note(t.path("a/b/held"))
	t.must(l.MakeDir(ctx, t.path("a/b/held")))
	t.isDir(ctx, "a/b/held")
	t.lists(ctx, "a/b/held")
	t.write(ctx, "a/b/held/name", "text")
	t.write(ctx, "file", "text")
	if t.err != nil {
		return
	}
	t.refused("creating a folder in place of a file", l.MakeDir(ctx, t.path("file")), fs.ErrExist)
	t.refused("creating a folder below a file", l.MakeDir(ctx, t.path("file/held")), nil)
	t.lists(ctx, "a/b/held", "name")
	t.holds(ctx, "file", Text("text"))
}

func lockAgain(ctx context.Context, t *trial) {
	l := t.locker()
	if l == nil {
		return
	}
	t.env.made.note(t.path("held"))
	t.must(l.MakeDir(ctx, t.path("held")))
	t.write(ctx, "held/name", "text")
	if t.err != nil {
		return
	}
	t.refused("creating a folder that exists", l.MakeDir(ctx, t.path("held")), fs.ErrExist)
	t.lists(ctx, "held", "name")
}

// rounds is how often many try the same at once: one may be lucky.
const rounds = 5

func lockOneMaker(ctx context.Context, t *trial) {
	l := t.locker()
	for round := range rounds {
		dir := fmt.Sprintf("lock-%d/held", round)
		t.oneWinner("folders were created under one name", func(own *trial, _ int) error {
			own.env.made.note(own.path(dir))
			err := l.MakeDir(ctx, own.path(dir))
			if err != nil && !errors.Is(err, fs.ErrExist) {
				own.must(err)
			}
			return err
		})
		t.lists(ctx, dir)
	}
}

// oneWinner has many try the same; exactly one may get no error. What do
// records in its trial is wrong in any case.
func (t *trial) oneWinner(many string, do func(own *trial, i int) error) {
	var won atomic.Int32
	t.atOnce(func(own *trial, i int) {
		if do(own, i) == nil {
			won.Add(1)
		}
	})
	if n := won.Load(); n != 1 {
		t.broken("%d %s, want 1", n, many)
	}
}

func lockOneRenamer(ctx context.Context, t *trial) {
	for round := range rounds {
		dir := fmt.Sprintf("held-%d", round)
		t.write(ctx, dir+"/dead", "text")
		var winner atomic.Int32
		t.oneWinner("callers renamed the same file", func(own *trial, i int) error {
			err := own.rename(ctx, dir+"/dead", fmt.Sprintf("%s/mine-%d", dir, i))
			if err == nil {
				winner.Store(int32(i))
			}
			return err
		})
		t.lists(ctx, dir, fmt.Sprintf("mine-%d", winner.Load()))
	}
}

func lockAlone(ctx context.Context, t *trial) {
	for round := range rounds {
		dir := fmt.Sprintf("held-%d", round)
		var alone atomic.Int32
		t.atOnce(func(own *trial, i int) {
			name := fmt.Sprintf("mine-%d", i)
			own.write(ctx, path.Join(dir, name), "text")
			files, err := own.list(ctx, dir)
			own.must(err)
			switch names := namesOf(files); {
			case own.err != nil:
			case !slices.Contains(names, name):
				own.broken("%s is not listed in %s, where it was just put", name, dir)
			case len(names) == 1:
				alone.Add(1)
			}
		})
		if n := alone.Load(); n > 1 {
			t.broken("%d callers saw only their own file in one folder", n)
		}
	}
}

// lockBeat gives the clock of the place the time for its next step.
func lockBeat(ctx context.Context, t *trial) {
	t.write(ctx, "held/name", "beat")
	first := t.time(ctx, "held/name")
	if t.err == nil && first.IsZero() {
		t.notApplicable("the place reports no times")
	}
	for until := time.Now().Add(min(t.env.Patience, beatPatience)); t.err == nil; time.Sleep(beatPause) {
		t.write(ctx, "held/name", "beat")
		if t.time(ctx, "held/name").After(first) {
			break
		}
		if time.Now().After(until) {
			t.broken("the time stays %v although the file is rewritten", first)
		}
		t.must(ctx.Err())
	}
	t.lists(ctx, "held", "name")
}

// Some places write their times in minutes.
const (
	beatPause    = 100 * time.Millisecond
	beatPatience = 2 * time.Minute
)

func (t *trial) time(ctx context.Context, name string) time.Time {
	f, err := t.stat(ctx, name)
	t.must(err)
	return f.ModTime
}
