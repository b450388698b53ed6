package rules

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
	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var locks = []Clause{
	{"lock-made", "a folder is created with its missing parents, but not in place of a file", "", lockMade},
	{"lock-again", "creating a folder that exists fails", "", lockAgain},
	{"lock-one-maker", "of several clients that create the same folder at once, exactly one succeeds (MKD)", "", lockOneMaker},
	{"lock-one-renamer", "of several clients that rename the same file at once, exactly one succeeds", "", lockOneRenamer},
	{"lock-alone", "of concurrent writers to a folder, at most one sees only its own file", "", lockAlone},
	{"lock-beat", "a small file that is rewritten gets a newer time", "", lockBeat},
}

// locker is the store as one that makes folders, or none.
func locker(t *trial.Trial) providers.Locker {
	locker, ok := providers.As[providers.Locker](t.Store)
	if !ok {
		t.NotApplicable("the store cannot report which client created a folder")
	}
	return locker
}

func lockMade(ctx context.Context, t *trial.Trial) {
	l := locker(t)
	if l == nil {
		return
	}
	t.Note(t.Path("a/b/held"))
	t.Must(l.MakeDir(ctx, t.Path("a/b/held")))
	t.IsDir(ctx, "a/b/held")
	t.Lists(ctx, "a/b/held")
	t.Write(ctx, "a/b/held/name", "text")
	t.Write(ctx, "file", "text")
	if t.Err != nil {
		return
	}
	t.Refused("creating a folder in place of a file", l.MakeDir(ctx, t.Path("file")), fs.ErrExist)
	t.Refused("creating a folder below a file", l.MakeDir(ctx, t.Path("file/held")), nil)
	t.Lists(ctx, "a/b/held", "name")
	t.Holds(ctx, "file", bodies.Text("text"))
}

func lockAgain(ctx context.Context, t *trial.Trial) {
	l := locker(t)
	if l == nil {
		return
	}
	t.Note(t.Path("held"))
	t.Must(l.MakeDir(ctx, t.Path("held")))
	t.Write(ctx, "held/name", "text")
	if t.Err != nil {
		return
	}
	t.Refused("creating a folder that exists", l.MakeDir(ctx, t.Path("held")), fs.ErrExist)
	t.Lists(ctx, "held", "name")
}

// rounds is how often many try the same at once: one may be lucky.
const rounds = 5

func lockOneMaker(ctx context.Context, t *trial.Trial) {
	l := locker(t)
	for round := range rounds {
		dir := fmt.Sprintf("lock-%d/held", round)
		oneWinner(t, "folders were created under one name", func(own *trial.Trial, _ int) error {
			own.Note(own.Path(dir))
			err := l.MakeDir(ctx, own.Path(dir))
			if err != nil && !errors.Is(err, fs.ErrExist) {
				own.Must(err)
			}
			return err
		})
		t.Lists(ctx, dir)
	}
}

// oneWinner has many try the same; exactly one may get no error. What do
// records in its trial is wrong in any case.
func oneWinner(t *trial.Trial, many string, do func(own *trial.Trial, i int) error) {
	var won atomic.Int32
	trial.AtOnce(t, func(own *trial.Trial, i int) {
		if do(own, i) == nil {
			won.Add(1)
		}
	})
	if n := won.Load(); n != 1 {
		t.Broken("%d %s, want 1", n, many)
	}
}

func lockOneRenamer(ctx context.Context, t *trial.Trial) {
	for round := range rounds {
		dir := fmt.Sprintf("held-%d", round)
		t.Write(ctx, dir+"/dead", "text")
		var winner atomic.Int32
		oneWinner(t, "callers renamed the same file", func(own *trial.Trial, i int) error {
			err := own.Rename(ctx, dir+"/dead", fmt.Sprintf("%s/mine-%d", dir, i))
			if err == nil {
				winner.Store(int32(i))
			}
			return err
		})
		t.Lists(ctx, dir, fmt.Sprintf("mine-%d", winner.Load()))
	}
}

func lockAlone(ctx context.Context, t *trial.Trial) {
	for round := range rounds {
		dir := fmt.Sprintf("held-%d", round)
		var alone atomic.Int32
		trial.AtOnce(t, func(own *trial.Trial, i int) {
			name := fmt.Sprintf("mine-%d", i)
			own.Write(ctx, path.Join(dir, name), "text")
			files, err := own.List(ctx, dir)
			own.Must(err)
			switch names := trial.NamesOf(files); {
			case own.Err != nil:
			case !slices.Contains(names, name):
				own.Broken("%s is not listed in %s, where it was just put", name, dir)
			case len(names) == 1:
				alone.Add(1)
			}
		})
		if n := alone.Load(); n > 1 {
			t.Broken("%d callers saw only their own file in one folder", n)
		}
	}
}

// lockBeat gives the clock of the place the time for its next step.
func lockBeat(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "held/name", "beat")
	first := timeOf(ctx, t, "held/name")
	if t.Err == nil && first.IsZero() {
		t.NotApplicable("the place reports no times")
	}
	for until := time.Now().Add(min(t.Patience, beatPatience)); t.Err == nil; time.Sleep(beatPause) {
		t.Write(ctx, "held/name", "beat")
		if timeOf(ctx, t, "held/name").After(first) {
			break
		}
		if time.Now().After(until) {
			t.Broken("the time stays %v although the file is rewritten", first)
		}
		t.Must(ctx.Err())
	}
	t.Lists(ctx, "held", "name")
}

// Some places write their times in minutes.
const (
	beatPause    = 100 * time.Millisecond
	beatPatience = 2 * time.Minute
)

func timeOf(ctx context.Context, t *trial.Trial, name string) time.Time {
	f, err := t.Stat(ctx, name)
	t.Must(err)
	return f.ModTime
}
