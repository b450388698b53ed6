package diff_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// ending is how the apply of a night ends.
type ending int

const (
	allDone        ending = iota
	uploadsFail           // and with them what waits for them
	diesSending           // it is killed, and writes no record
	diesHavingSent        // likewise, once the uploads have arrived
)

// does reports whether an apply with that end carries out a change.
func (e ending) does(c diff.Change) bool {
	return e == allDone || c.Early || e == diesHavingSent && c.Action != diff.Delete
}

func (e ending) writesNoRecord() bool { return e == diesSending || e == diesHavingSent }

// recorded is the record that an apply leaves which did those changes, after the one
// before it.
func recorded(p *diff.Plan, before *known.Record, did func(diff.Change) bool) *known.Record {
	i := slices.IndexFunc(p.Places, func(x diff.Place) bool { return x.Name == "nas" })
	if i < 0 || p.Places[i].Known == nil {
		return before
	}
	r := p.Places[i].Known.Clone()
	r.Run = propertyRun
	for _, c := range p.Changes {
		place, k, _ := state.SplitAddress(c.Address)
		switch {
		case place != "nas" || !did(c):
		case c.Action == diff.Delete:
			r.Drop(k.AsRecorded())
			if c.Early {
				r.MadeRoom(k.VM, p.Now)
			}
		default:
			r.Put(diff.RecordOf(k, sent(c, k).Files))
			if c.Source != "" {
				r.TookRoom(k.VM)
			}
		}
	}
	return r
}

// passes lets an apply of the plan happen at nas, and says how many bytes went before
// the uploads.
func (w *world) passes(p *diff.Plan, how ending) (early int64) {
	var going []known.Key
	for _, c := range p.Changes {
		_, k, _ := state.SplitAddress(c.Address)
		if c.Action == diff.Delete {
			going = append(going, k.AsRecorded())
		}
		if !how.does(c) {
			continue
		}
		if c.Early {
			early += c.Bytes
		}
		w.change("nas", func(inv *state.Inventory) {
			inv.Sets = slices.DeleteFunc(slices.Clone(inv.Sets), func(s state.Set) bool { return s.Key == k })
		})
		if c.Action != diff.Delete {
			w.holds("nas", sent(c, k))
		}
	}
	w.change("nas", func(inv *state.Inventory) {
		if how.writesNoRecord() {
			inv.Going = slices.Compact(slices.SortedFunc(slices.Values(append(going, inv.Going...)), known.Key.Compare))
			return
		}
		inv.Known, inv.Going = recorded(p, inv.Known, how.does), nil
	})
	return early
}

// nightly is Bart's set of a night of his life, at one in the morning.
func nightly(n int, names ...string) state.Set {
	at := time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC).AddDate(0, 0, n)
	s := set(state.Key{VM: "Bart", Stamp: state.NewStamp(at)}, state.Complete, names...)
	for i := range s.Files {
		s.Files[i].ModTime = at
	}
	return s
}

// dawns is the noon after that night, before which the backup program has written a
// set, and has deleted all but the newest.
func (w *world) dawns(n, keeps int, names ...string) {
	s := nightly(n, names...)
	w.now = s.Files[0].ModTime.Add(11 * time.Hour)
	w.holds("vmx", s)
	w.change("vmx", func(inv *state.Inventory) { inv.Sets = slices.Clone(inv.Sets[max(len(inv.Sets)-keeps, 0):]) })
}

// rules are policies of one rule each, and one of many.
var rules = map[string]config.Policy{
	"keep_last":          {KeepLast: 7},
	"keep_last 1":        {KeepLast: 1},
	"min_keep":           {KeepLast: 1, MinKeep: 5},
	"keep_hourly":        {KeepHourly: 9},
	"keep_daily":         {KeepDaily: 7},
	"keep_weekly":        {KeepWeekly: 4},
	"keep_monthly":       {KeepMonthly: 2},
	"keep_yearly":        {KeepYearly: 2},
	"keep_within":        {KeepWithin: config.Span{Days: 9}},
	"keep_within_daily":  {KeepWithinDaily: config.Span{Days: 9}},
	"keep_within_weekly": {KeepWithinWeekly: config.Span{Weeks: 4}},
	"keep_oldest":        {KeepLast: 5, KeepWeekly: 99, KeepOldest: true},
	"min_age":            {KeepLast: 2, MinAge: config.Span{Days: 8}},
	"max_age":            {KeepLast: 99, MaxAge: config.Span{Days: 9}},
	"max_count":          {KeepLast: 99, MaxCount: 6},
	"max_size_per_vm":    {KeepLast: 99, MaxSize: 9000},
	"many":               {KeepLast: 3, KeepWithin: config.Span{Days: 6}, KeepWeekly: 3, KeepMonthly: 2, MinKeep: 2},
}

// Uploads fail for sixty nights, by an error or by a kill. Whatever the rule, the
// order and the habits of the backup program are, what goes before the uploads is in
// all of them no more than what the uploads of the first need; and once an upload
// arrives, all is as it was.
func TestCompute_sixtyNightsOfUploadsThatFail(t *testing.T) {
	for rule, policy := range rules {
		for _, order := range []config.Order{config.UploadFirst, config.DeleteFirst} {
			for _, keeps := range []int{1, 3, 99} {
				for name, how := range map[string]func(night int) ending{
					"fail":        func(int) ending { return uploadsFail },
					"die":         func(int) ending { return diesSending },
					"fail or die": func(n int) ending { return uploadsFail + ending(n%2) },
				} {
					if order == config.UploadFirst && (keeps != 1 || name != "fail or die") {
						continue // nothing ever goes before an upload
					}
					if thin := keeps == 3 && name == "die"; providertest.Thin() && !thin {
						continue
					}
					t.Run(fmt.Sprintf("%s, %s, %d local sets, uploads %s", rule, order, keeps, name), func(t *testing.T) {
						t.Parallel()
						w := newWorld()
						w.spec.Backups[0].Copies[0].Order = order
						p := policy
						p.Name, p.MinKeep = "standard", max(p.MinKeep, 1)
						w.spec.Policies[0] = p
						w.failFor(t, 60, keeps, how)
					})
				}
			}
		}
	}
}

// failFor lives through a good month, nights of uploads that fail, and a good week.
func (w *world) failFor(t *testing.T, nights, keeps int, how func(int) ending) {
	t.Helper()
	const month = 40
	for n := range month {
		w.dawns(n, keeps)
		w.passes(w.compute(t), allDone)
	}
	before, need, lost := len(w.inv["nas"].Sets), int64(0), int64(0)
	for n := month; n < month+nights; n++ {
		w.dawns(n, keeps)
		p := w.compute(t)
		if n == month {
			need = p.Summary.UploadBytes
		}
		if lost += w.passes(p, how(n)); lost > need {
			t.Fatalf("night %d: %d bytes were deleted for uploads that never came, %d at most are needed; %d of %d sets are left",
				n-month+1, lost, need, len(w.inv["nas"].Sets), before)
		}
	}
	for n := month + nights; n < month+nights+7; n++ {
		w.dawns(n, keeps)
		w.passes(w.compute(t), allDone)
		if _, there := w.inv["nas"].Find(nightly(n).Key); !there {
			t.Fatalf("night %d: the uploads go well, and the newest set is not there", n)
		}
	}
	if p := w.compute(t); !p.Empty() {
		t.Errorf("a good week leaves %v", say(p))
	}
}

// Each apply is cut before it writes a record, as by -max-duration, and an upload
// arrives with some of them. Whatever the rule is, what goes before the uploads is never
// more than what has arrived, and what the uploads of one apply need.
func TestCompute_sixtyNightsWithoutARecord(t *testing.T) {
	for rule, policy := range rules {
		for _, keeps := range []int{1, 3, 99} {
			for _, arrives := range []int{7, 99} { // one night of so many
				for _, fails := range []bool{false, true} {
					if thin := keeps == 1 && fails; providertest.Thin() && !thin {
						continue
					}
					t.Run(fmt.Sprintf("%s, %d local sets, one of %d arrives, then fail: %v", rule, keeps, arrives, fails), func(t *testing.T) {
						t.Parallel()
						w := newWorld()
						w.spec.Backups[0].Copies[0].Order = config.DeleteFirst
						p := policy
						p.Name, p.MinKeep = "standard", max(p.MinKeep, 1)
						w.spec.Policies[0] = p
						w.cutFor(t, 60, keeps, func(n int) ending {
							switch {
							case n%arrives == 0:
								return diesHavingSent
							case fails && n%5 == 4:
								return uploadsFail
							}
							return diesSending
						})
					})
				}
			}
		}
	}
}

// cutFor lives through a good month, and nights that end like that.
func (w *world) cutFor(t *testing.T, nights, keeps int, how func(int) ending) {
	t.Helper()
	const month = 40
	for n := range month {
		w.dawns(n, keeps)
		w.passes(w.compute(t), allDone)
	}
	need, lost, came := int64(0), int64(0), int64(0)
	for n := range nights {
		w.dawns(month+n, keeps)
		p := w.compute(t)
		need = max(need, p.Summary.UploadBytes)
		if how(n) == diesHavingSent {
			came += p.Summary.UploadBytes
		}
		if lost += w.passes(p, how(n)); lost > came+need {
			t.Fatalf("night %d: %d bytes were deleted for uploads, %d have come, and one apply needs %d at most; %d sets are left",
				n+1, lost, came, need, len(w.inv["nas"].Sets))
		}
	}
}

// A reader learns why a destination is not emptied any further.
func TestCompute_saysThatRoomIsMade(t *testing.T) {
	w := tight()
	for n := range 5 {
		w.dawns(n, 1)
		w.passes(w.compute(t), allDone)
	}
	for n := 5; n < 7; n++ {
		w.dawns(n, 1)
		w.passes(w.compute(t), uploadsFail)
	}
	p := w.compute(t)
	wantEarly(t, p)
	wantNotice(t, p, "room", "nas: nothing more is deleted before the uploads of 1 VM (Bart): an earlier apply made room for them, and none has arrived since. Bart: since 2026-01-06.")
	w.passes(p, allDone)
	w.dawns(7, 1)
	wantEarly(t, w.compute(t), "nas/Bart/2026-01-04-010000")
}
