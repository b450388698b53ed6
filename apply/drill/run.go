package drill

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	apply "github.com/vmxsync/vmxsync/apply/restore"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Options are what a drill needs besides the plan of its restore.
type Options struct {
	Drill                    config.Drill
	Site, Run, Host, Version string                     // of the configuration, the drill, this machine, vmxsync
	Stores                   map[string]providers.Store // the opened places of the plan, by name
	Target                   apply.Target               // the folder that the plan restores to
	Environ                  []string                   // of this process, for the command
	Now                      func() time.Time
	// Events receives each event, one call at a time; nil is allowed.
	Events func(event.Event)
	// Say receives what the command prints, line by line, not escaped; nil is allowed.
	Say func(line string)
	// Restored is called once nothing is asked of the places any more: the command may take
	// hours. nil is allowed.
	Restored func()
	// Pause waits before a transfer that broke is tried again, as in apply/restore; nil means
	// as there.
	Pause func(ctx context.Context, try int) error
}

// run is one drill at work.
type run struct {
	Options
	plan   *restore.Plan
	set    restore.Set
	record state.Drill
	help   error // that of other places, which the restore needed; nil if it needed none
}

// Run holds the drill with the one set of the plan. The error is why nothing can be concluded
// of the set: that of ctx, of a place that was lost, or of the folder.
func Run(ctx context.Context, plan *restore.Plan, o Options) (state.Drill, error) {
	if len(plan.Sets) != 1 || len(plan.Sets[0].Origins) == 0 {
		return state.Drill{}, errors.New("a drill is held with one set")
	}
	r := &run{Options: o, plan: plan, set: plan.Sets[0]}
	r.record = state.Drill{
		Key: r.set.Key, Run: o.Run, Name: o.Drill.Name, Host: o.Host, Tool: o.Version,
		Manifest: r.set.Origins[0].Manifest, Verdict: state.Passed, Bytes: r.set.Bytes(), Began: o.Now().UTC(),
	}
	for _, part := range []struct {
		do   func(context.Context) (finding, err error)
		took *time.Duration
	}{
		{r.restore, &r.record.Restored}, {r.verify, &r.record.Verified}, {r.try, &r.record.Tried},
	} {
		began := o.Now()
		finding, err := part.do(ctx)
		*part.took = o.Now().Sub(began).Round(time.Millisecond)
		if ctx.Err() != nil {
			return r.record, ctx.Err()
		}
		if err != nil {
			return r.record, err
		}
		if finding != nil {
			r.record.Verdict, r.record.Why = state.Failed, oneLine(finding)
			return r.record, nil
		}
	}
	if r.help != nil {
		r.record.Verdict, r.record.Why = state.Failed, oneLine(r.help)
	}
	return r.record, nil
}

// note adds what a person should know to the record.
func (r *run) note(format string, args ...any) {
	r.record.Notes = append(r.record.Notes, fmt.Sprintf(format, args...))
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// restore brings the set back, as the command restore does, with the help of other places
// where it is needed. That the VM can be restored all the same is still put to the test, but
// the copy has failed.
func (r *run) restore(ctx context.Context) (finding, err error) {
	places := watch(r.Stores)
	stores := map[string]providers.Store{}
	for name, w := range places {
		stores[name] = w
	}
	result, err := apply.Run(ctx, r.plan, apply.Options{
		Stores: stores, Target: target{r.Target}, Pause: r.Pause,
		Events: func(e event.Event) {
			if remark, ok := e.(event.Remark); ok {
				r.note("%s", remark.Text)
			}
			if r.Events != nil {
				r.Events(e)
			}
		},
	})
	if r.Restored != nil {
		r.Restored()
	}
	if failures := result.Failures(); err != nil && len(failures) > 0 {
		return asFinding(failures[0].Err)
	}
	if err == nil {
		r.help, err = helped(r.set.Origins[0].Place, places)
	}
	return nil, err
}

// asFinding divides why a set was not restored: a finding speaks against the set, an error
// says that it was not put to the test.
func asFinding(why error) (finding, err error) {
	if errors.Is(why, providers.ErrMismatch) {
		return why, nil
	}
	if _, folder := errors.AsType[*folderError](why); folder {
		return nil, why
	}
	for _, other := range []error{providers.ErrUnreachable, providers.ErrLogin, providers.ErrFull, providers.ErrName, fs.ErrExist} {
		if errors.Is(why, other) {
			return nil, why
		}
	}
	return why, nil
}
