package apply_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/providers"
)

// begun lists the addresses at nas whose change is begun, in that order.
func begun(addresses *[]string) func(event.Event) {
	return func(e event.Event) {
		if e, ok := e.(event.ChangeStarted); ok && strings.HasPrefix(e.Address, "nas/") {
			*addresses = append(*addresses, strings.TrimPrefix(e.Address, "nas/"))
		}
	}
}

// threeVMs has three sets of a VM to send, two of the next and one of the last,
// and a set of the second to delete.
func threeVMs(t *testing.T) *world {
	w := newWorld(t, 3)
	w.owned("nas")
	for vm, days := range map[string][]int{"Apu": {19, 20, 21}, "Bart": {20, 21}, "Lisa": {21}} {
		for _, day := range days {
			w.local(key(vm, day))
		}
	}
	w.complete("nas", key("Bart", 11).String(), key("Bart", 11))
	w.complete("nas", key("Bart", 12).String(), key("Bart", 12))
	return w
}

var newestOfEach = []string{key("Apu", 21).String(), key("Bart", 21).String(), key("Lisa", 21).String()}

func TestRun_sendsTheNewestOfEachVMBeforeTheSecondOfAny(t *testing.T) {
	for parallelism := range 3 {
		w := threeVMs(t)
		var got []string
		stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": w.stores["nas"]}
		r, err := apply.Run(t.Context(), w.plan(t), apply.Options{Run: thisRun, Stores: stores, Now: now, Parallelism: parallelism, Events: begun(&got)})
		must(t, r, err)
		want := append(slices.Clone(newestOfEach), key("Apu", 20).String(), key("Bart", 20).String(), key("Bart", 11).String(), key("Apu", 19).String())
		if !slices.Equal(got, want) {
			t.Errorf("parallelism %d: began\n%s\nwant\n%s", parallelism, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// What -max-duration or an interrupt ends has given each VM its newest set.
func TestRun_cutShortHasSentTheNewestOfEachVM(t *testing.T) {
	w := threeVMs(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := 0
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": w.stores["nas"]}
	_, err := apply.Run(ctx, w.plan(t), apply.Options{Run: thisRun, Stores: stores, Now: now, Events: func(e event.Event) {
		if _, ok := e.(event.ChangeDone); ok {
			if done++; done == len(newestOfEach) {
				cancel()
			}
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	for _, set := range newestOfEach {
		if !w.has(t, "nas", set) {
			t.Errorf("%s was not sent", set)
		}
	}
}

// The room that the newest set of a VM did not find is not given to older sets
// of others, which would keep it from the next run.
func TestRun_fullPlaceTakesNoOlderSetBeforeTheNewestOfAnother(t *testing.T) {
	w := crowded(t)
	w.local(key("Bart", 20))
	r, err := w.applySmall(t, w.plan(t), thisRun)
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	got := outcomes(r)
	if s := got["nas/"+fitting.String()]; s != outcome.StatusDone {
		t.Errorf("the newest set that fits is %s, want done", s)
	}
	if s := got["nas/"+key("Bart", 20).String()]; s != outcome.StatusCancelled {
		t.Errorf("the older set is %s, want cancelled", s)
	}
	if w.has(t, "nas", key("Bart", 20).String()) {
		t.Error("the older set was sent")
	}
}

// Of the VM itself an older set that fits is better than none.
func TestRun_fullPlaceTakesAnOlderSetOfTheSameVM(t *testing.T) {
	w := crowded(t)
	remove(t, w.stores["vms"], "Bart")
	w.local(key("Apu", 20))
	r, err := w.applySmall(t, w.plan(t), thisRun)
	wantFull(t, r, err)
	if s := outcomes(r)["nas/"+key("Apu", 20).String()]; s != outcome.StatusDone {
		t.Errorf("the older set is %s, want done", s)
	}
}
