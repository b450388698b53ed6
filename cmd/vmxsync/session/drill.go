package session

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// recordTime bounds how long it may take to record a drill, which may have taken hours.
const recordTime = 2 * time.Minute

// RecordDrill writes the record of a drill at a destination. It overwrites none: the name of
// the record holds the run.
func RecordDrill(ctx context.Context, e *Env, c Config, place string, d state.Drill) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	to, _ := c.Spec.Destination(place)
	store, err := e.Open(ctx, to.Name, to.Type, to.Settings, c.Secrets)
	if err != nil {
		return err
	}
	defer store.Close()
	return store.Put(ctx, state.WorkDir(to.WorkDir).Drill(d.Key, d.Run), remote.Bytes(d.Encode()))
}

// LockDrill locks a drill against other runs of it by this user: each deletes what a run that
// was killed has left.
func LockDrill(ctx context.Context, e *Env, d config.Drill) (release func(), err error) {
	if err := MakeState(e); err != nil {
		return nil, err
	}
	machine, _ := e.State.Locks()
	f, err := machine.TakeFile(ctx, "the drill "+d.Name, "drill "+d.Name+" "+d.To, 0)
	if held, isHeld := errors.AsType[*lock.HeldError](err); isHeld {
		return nil, failure.New("The same drill is running", failure.Hinted(held, "Wait until it has ended."))
	}
	if err != nil {
		return nil, err
	}
	return func() { f.Release() }, nil
}

// CheckScratch proves that a folder, which has to be there, is not inside a place of this
// machine, also by way of links. stores are the destinations that are open; a source that cannot be
// opened is not asked.
func CheckScratch(ctx context.Context, e *Env, c Config, to string, stores map[string]providers.Store) error {
	real, err := filepath.EvalSymlinks(to)
	if err != nil {
		return failure.Hinted(err, "Make the folder, or mount its disk.")
	}
	for name, store := range stores {
		if err := notInside(real, name, store); err != nil {
			return err
		}
	}
	for _, s := range c.Spec.Sources {
		store, err := e.Open(ctx, s.Name, s.Type, s.Settings, c.Secrets)
		if err != nil {
			continue
		}
		err = notInside(real, s.Name, store)
		store.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func notInside(dir, name string, store providers.Store) error {
	place, ok := providers.As[providers.Folder](store)
	if !ok {
		return nil
	}
	inside, err := contains(place.Folder(), dir)
	if err == nil && inside {
		err = failure.Hinted(fmt.Errorf("%s is inside %s (%s): what a drill restores would be read as backups", dir, name, place.Folder()),
			"Choose a folder beside it; a link leads to the same folder.")
	}
	return err
}
