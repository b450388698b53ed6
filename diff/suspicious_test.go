package diff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

const (
	doubtBegins = "nas: 1 set is suspicious: kept, not counted, and nothing of its VM is deleted. "
	doubtEnds   = " Did the backup program fail? To accept it after a look: vmxsync plan -accept=\"nas/Bart/2026-11-21-010000\" -out=plan.out"
)

// wantSuspicious expects the newest set, of the 21st, to be suspicious for that reason, or no
// set at all.
func wantSuspicious(t *testing.T, w *world, want string) {
	t.Helper()
	got := ""
	for _, n := range w.compute(t).Notices {
		if n.Code == "suspicious" && n.Fails() {
			got += n.Text
		}
	}
	if want != "" {
		want = doubtBegins + "Bart/2026-11-21-010000: " + want + doubtEnds
	}
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSuspicious_comparesWithTheSetsBefore(t *testing.T) {
	for name, c := range map[string]struct {
		newest []string
		want   string
	}{
		"the same":        {[]string{"disk.vmdk", "vm.vmx:12"}, ""},
		"a file more":     {[]string{"disk.vmdk", "disk2.vmdk", "vm.vmx:12"}, ""},
		"a file less":     {[]string{"vm.vmx:5000"}, "without disk.vmdk, which 2026-11-20-010000 has."},
		"exactly half":    {[]string{"disk.vmdk:494", "vm.vmx:12"}, ""},
		"less than half":  {[]string{"disk.vmdk:493", "vm.vmx:12"}, "505 B, where 1012 B is usual."},
		"much more":       {[]string{"disk.vmdk:9999", "vm.vmx:12"}, ""},
		"another's names": {[]string{"DISK.vmdk", "vm.vmx:12"}, "without disk.vmdk, which 2026-11-20-010000 has."},
	} {
		t.Run(name, func(t *testing.T) {
			whole, newest := set(key(20), state.Complete), set(key(21), state.Complete, c.newest...)
			wantSuspicious(t, newWorld().holds("vmx", whole, newest), c.want)
			wantSuspicious(t, newWorld().holds("nas", whole).holds("vmx", newest), c.want) // pruned here
			wantSuspicious(t, newWorld().holds("nas", whole, newest).holds("vmx", newest), c.want)
			wantSuspicious(t, newWorld().holds("nas", whole, newest).holds("vmx", set(key(22), state.Settling)), c.want)
		})
	}
}

// names of sets of three nights, and whether the last is suspicious.
func TestSuspicious_knowsNamesThatComeAndGo(t *testing.T) {
	for name, c := range map[string]struct {
		nights     [3][]string
		suspicious bool
	}{
		"a log":              {[3][]string{{"a.vmdk", "vmware-1.log"}, {"a.vmdk", "vmware-1.log"}, {"a.vmdk"}}, false},
		"a snapshot":         {[3][]string{{"a.vmdk", "a-000001.vmdk:1"}, {"a.vmdk", "a-000001.vmdk:1"}, {"a.vmdk"}}, false},
		"a dated disk":       {[3][]string{{"a-2026-11-19.vmdk"}, {"a-2026-11-20.vmdk"}, {"a-2026-11-21.vmdk"}}, false},
		"a dump with a time": {[3][]string{{"d-100-2026_11_19-01_00_00.zst"}, {"d-100-2026_11_20-01_00_00.zst"}, {"d-100-2026_11_21-01_00_00.zst"}}, false},
		"of two dated ones":  {[3][]string{{"a-20261119.vmdk", "b-20261119.vmdk"}, {"a-20261120.vmdk", "b-20261120.vmdk"}, {"a-20261121.vmdk"}}, true},
		"the second disk":    {[3][]string{{"disk1.vmdk:9000", "disk2.vmdk"}, {"disk1.vmdk:9000", "disk2.vmdk"}, {"disk1.vmdk:9000"}}, true},
		"had once":           {[3][]string{{"a.vmdk"}, {"a.vmdk", "spare.vmdk:1"}, {"a.vmdk"}}, true},
		"the machine":        {[3][]string{{"a.vmdk", "a.vmx"}, {"a.vmdk", "a.vmx"}, {"a.vmdk"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			for i, names := range c.nights {
				w.holds("vmx", set(key(19+i), state.Complete, names...))
			}
			got := slices.ContainsFunc(w.compute(t).Notices, func(n diff.Notice) bool { return n.Code == "suspicious" })
			if got != c.suspicious {
				t.Errorf("suspicious: got %v, want %v", got, c.suspicious)
			}
		})
	}
}

func TestSuspicious_knowsWhatIsComparable(t *testing.T) {
	whole, less := set(key(20), state.Complete), set(key(21), state.Complete, "vm.vmx:12")
	wantSuspicious(t, newWorld().holds("vmx", less), "")
	wantSuspicious(t, newWorld().holds("vmx", set(key(20), state.NotReady), less), "")
	wantSuspicious(t, newWorld().holds("nas", set(key(20), state.Unmarked)).holds("vmx", less), "")

	w := newWorld().holds("vmx", whole, less)
	w.vmx().Ignore = []string{"*.vmdk"}
	wantSuspicious(t, w, "")
	w.vmx().Ignore = nil
	w.spec.Guard.MinSizePercent = 0
	wantSuspicious(t, w, "")
	w.spec.Guard.MinSizePercent = 50
	w.spec.Backups[0].Exclude = []string{"Bart"}
	wantSuspicious(t, w, "")
}

// A failed backup beside the only whole one: keep_last = 1 must not count it.
func TestSuspicious_doesNotPushOutTheLastWholeSet(t *testing.T) {
	w := newWorld().holds("nas", set(key(20), state.Complete)).holds("vmx", set(key(21), state.Complete, "vm.vmx:12"))
	w.standard().KeepLast = 1
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000")
	if got := p.Kept[0].Reasons[0].Text; got != "last 1 of 1" {
		t.Errorf("the whole set is kept for %q", got)
	}
	w.options.Accept = []string{"nas/Bart/2026-11-21-010000"}
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-20-010000")
}

// Bad nights in a row do not become the measure, and the warning stays.
func TestSuspicious_manyBadNightsDeleteNothing(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 1, 2, 3)...).holds("vmx", set(key(22), state.Settling))
	for day := 4; day < 20; day++ {
		w.holds("vmx", set(key(day), state.Complete, "disk.vmdk:300", "vm.vmx:12"))
		p := w.compute(t)
		wantPlan(t, p, fmt.Sprintf("+upload nas/%s", key(day)))
		notice(t, p, "suspicious")
		w.holds("nas", set(key(day), state.Complete, "disk.vmdk:300", "vm.vmx:12"))
	}
	p := w.compute(t)
	wantPlan(t, p)
	for _, k := range p.Kept[:3] {
		if k.State != state.Complete {
			t.Errorf("%s is %s", k.Address, k.State)
		}
	}
	for _, k := range p.Kept[3:] {
		if k.State != state.Suspicious {
			t.Errorf("%s is %s", k.Address, k.State)
		}
	}
}

// What never was wanted is not uploaded because it is suspicious.
func TestSuspicious_isUploadedWhereRetentionWouldKeepIt(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 19, 20, 21)...).
		holds("vmx", set(key(1), state.Complete), set(key(2), state.Complete, "vm.vmx:12"), set(key(21), state.Complete))
	p := w.compute(t)
	wantPlan(t, p)
	for _, n := range p.Notices {
		if n.Code == "suspicious" {
			t.Errorf("got %s", n.Text)
		}
	}
}

// A VM that has become smaller: three sets alike of which one is accepted.
func TestSuspicious_isAcceptedWithItsLikes(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 1, 2, 3)...).holds("vmx", set(key(22), state.Settling))
	small := func(day int) state.Set { return set(key(day), state.Complete, "disk.vmdk:300", "vm.vmx:12") }
	w.holds("nas", small(4), small(5))
	w.options.Accept = []string{"nas/" + key(4).String()}
	wantPlan(t, w.compute(t)) // two are not enough
	notice(t, w.compute(t), "suspicious")
	w.holds("nas", small(6))
	wantPlan(t, w.compute(t), "-remove nas/Bart/2026-11-01-010000", "-remove nas/Bart/2026-11-02-010000", "-remove nas/Bart/2026-11-03-010000")
	w.options.Accept = nil // never by itself
	wantPlan(t, w.compute(t))
}

// A VM whose backups become smaller night by night: who accepts one of 450 bytes has
// not said that 140 are right, though each is more than half of the one before it.
func TestSuspicious_isNotAcceptedWithWhatIsHalfOfIt(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 1, 2, 3)...).holds("vmx", set(key(22), state.Settling))
	w.options.Accept = []string{"nas/" + key(4).String()}
	for i, size := range []int{450, 250, 140} {
		w.holds("nas", set(key(4+i), state.Complete, fmt.Sprintf("disk.vmdk:%d", size), "vm.vmx:12"))
	}
	p := w.compute(t)
	wantPlan(t, p)
	if got := notice(t, p, "suspicious"); !strings.Contains(got, "nas: 2 sets are suspicious") {
		t.Errorf("got %s", got)
	}
}

func TestSuspicious_holdsThePruneOfItsVM(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 18, 19, 20)...).holds("nas", sets(state.Complete, 18, 19, 20)...)
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "local", KeepLast: 1, MinKeep: 1})
	w.spec.Backups[0].PruneSource = "local"
	wantPlan(t, w.compute(t), "-prune vmx/Bart/2026-11-18-010000", "-prune vmx/Bart/2026-11-19-010000")
	w.holds("vmx", set(key(21), state.Complete, "vm.vmx:12"))
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000")
	if got := notice(t, p, "not-pruned"); !strings.Contains(got, "Bart/2026-11-21-010000 is suspicious at nas") {
		t.Errorf("got %s", got)
	}
}

// Whatever happened: while the newest sets are the lesser ones, and nobody
// accepts one, none of the whole ones goes.
func TestCompute_lesserSetsNeverPushOutWholeOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		drawPolicy(t, w.standard())
		w.standard().Pins = nil
		w.spec.Backups[0].Copies[0].Order = rapid.SampledFrom([]config.Order{config.UploadFirst, config.DeleteFirst}).Draw(t, "order")
		whole := rapid.IntRange(1, 6).Draw(t, "whole")
		bad := rapid.IntRange(1, 10).Draw(t, "bad")
		for day := 1; day <= whole; day++ {
			w.holds("nas", set(key(day), state.Complete))
		}
		for day := whole + 1; day <= whole+bad; day++ {
			s := set(key(day), state.Complete, rapid.SampledFrom([]string{"vm.vmx:12", "disk.vmdk:400"}).Draw(t, "content"))
			if rapid.Bool().Draw(t, "there") {
				w.holds("nas", s)
			}
			w.holds("vmx", s)
		}
		p := computed(t, w)
		coming := false
		for _, c := range p.Changes {
			if c.Action == diff.Delete {
				t.Fatalf("%s is deleted for lesser sets: %v", c.Address, say(p))
			}
			coming = true
		}
		there := len(w.inv["nas"].Sets) > whole
		warned := slices.ContainsFunc(p.Notices, func(n diff.Notice) bool { return n.Code == "suspicious" })
		if (coming || there) && !warned {
			t.Fatalf("no warning: %v %v", say(p), p.Notices)
		}
	})
}

// A half upload of another tool, beside whole ones: a pattern does not make it ours.
func TestSuspicious_isAdoptedByItsFullAddressOnly(t *testing.T) {
	const half = "nas/Bart/2026-11-13-010000"
	w := newWorld().holds("nas", set(key(12), state.Unmarked), set(key(13), state.Unmarked, "disk.vmdk:300"), set(key(14), state.Unmarked)).
		holds("vmx", set(key(22), state.Settling))
	w.options.Adopt = []string{"nas/*"}
	p := w.compute(t)
	wantPlan(t, p, "~adopt nas/Bart/2026-11-14-010000", "~adopt nas/Bart/2026-11-12-010000")
	wantNotice(t, p, "not-adopted", "nas: 1 set is not adopted. Bart/2026-11-13-010000: it is suspicious (without vm.vmx, which 2026-11-12-010000 has). "+
		"To adopt it anyway, give its full address.")
	w.options.Adopt = []string{half}
	p = w.compute(t)
	wantPlan(t, p, "~adopt "+half)

	// the oldest is compared with what comes after it
	w = newWorld().holds("nas", set(key(12), state.Unmarked, "disk.vmdk:300"), set(key(13), state.Unmarked), set(key(14), state.Unmarked)).
		holds("vmx", set(key(22), state.Settling))
	w.options.Adopt = []string{"nas/*"}
	wantPlan(t, w.compute(t), "~adopt nas/Bart/2026-11-14-010000", "~adopt nas/Bart/2026-11-13-010000")

	// and so is the next one, once the oldest is left out
	w = newWorld().holds("nas", set(key(11), state.Unmarked, "disk.vmdk:300"), set(key(12), state.Unmarked, "disk.vmdk:300")).
		holds("nas", sets(state.Unmarked, 13, 14, 15)...).holds("vmx", set(key(22), state.Settling))
	w.options.Adopt = []string{"nas/*"}
	wantPlan(t, w.compute(t), "~adopt nas/Bart/2026-11-15-010000", "~adopt nas/Bart/2026-11-14-010000", "~adopt nas/Bart/2026-11-13-010000")

	// and what was adopted by its name still counts for nothing
	w = newWorld().holds("nas", sets(state.Complete, 10, 11, 12)...).holds("nas", set(key(13), state.Unmarked, "vm.vmx:12")).
		holds("vmx", set(key(22), state.Settling))
	w.options.Adopt = []string{half}
	wantPlan(t, w.compute(t), "~adopt "+half)
	notice(t, w.compute(t), "suspicious")
}

// What was deleted stays in trash, however old it is: it may be the last that is whole.
func TestSuspicious_holdsTheTrashOfItsVM(t *testing.T) {
	const longAgo = "20261101T010000Z-aaaaaaaaaaaa"
	rewritten := func(w *world) {
		for _, day := range []int{19, 20} {
			w.inv["vmx"].Put(set(key(day), state.Complete, "disk.vmdk.locked", "vm.vmx.locked:12"))
		}
	}
	for name, c := range map[string]struct {
		happens func(*world)
		want    []string
	}{
		"nothing":             {func(*world) {}, []string{"(trash) .vmxsync/trash/Bart~2026-11-10-010000~" + longAgo + "~del"}},
		"a suspicious set":    {func(w *world) { w.holds("nas", set(key(21), state.Complete, "vm.vmx:12")) }, nil},
		"many rewritten ones": {rewritten, nil},
		"trash_keep is 0":     {func(w *world) { w.nas().TrashKeep = 0 }, []string{"(trash) .vmxsync/trash/Bart~2026-11-10-010000~" + longAgo + "~del"}},
	} {
		w := newWorld().holds("vmx", sets(state.Complete, 19, 20)...).holds("nas", sets(state.Complete, 19, 20)...).
			trashes(trashed(set(key(10), state.Complete), longAgo, false))
		w.nas().TrashKeep = 48 * time.Hour
		c.happens(w)
		if got := say(w.compute(t)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// A first set of which a disk is missing, by its own word.
func TestSuspicious_lacksAFileThatItNames(t *testing.T) {
	broken := set(key(21), state.Complete)
	broken.Lacks = "disk.vmdk names disk-flat.vmdk, which is not in the set"
	wantSuspicious(t, newWorld().holds("vmx", broken), "disk.vmdk names disk-flat.vmdk, which is not in the set.")

	partial := set(key(21), state.Complete)
	partial.LacksDisk = "vm.vmx names data.vmdk, which is not in the set"
	w := newWorld().holds("vmx", partial)
	wantSuspicious(t, w, "")
	wantNotice(t, w.compute(t), "lacks-disk", "vmx: 1 set lacks a disk that its .vmx names. Bart/2026-11-21-010000: vm.vmx names data.vmdk, which is not in the set. "+
		"If that disk is not backed up on purpose, write its name into ignore of the source.")
}

// A suspicious set that stands there whole is one fact and one error: it is not called
// missing as well, and sending it again would change nothing.
func TestSuspicious_isReportedOnce(t *testing.T) {
	small := set(key(21), state.Complete, "vm.vmx:12")
	w := newWorld().holds("vmx", small).holds("nas", set(key(20), state.Complete), small)
	p := w.compute(t)
	errs := p.Failures()
	if len(errs) != 1 || errs[0].Code != "suspicious" || errs[0].Short() != "1 set is suspicious (nas)" {
		t.Errorf("got errors %+v, want the suspicious set alone", errs)
	}
	all, err := diff.Standings(w.input())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].NotBackedUp != "" || all[0].Others[state.Suspicious] != 1 {
		t.Errorf("got standings %+v, want a suspicious set that is backed up", all)
	}
}
