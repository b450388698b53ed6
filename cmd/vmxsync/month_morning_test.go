package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply/notify/mailtest"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/status"
)

func (o *office) errorf(n night, format string, args ...any) {
	o.t.Helper()
	o.t.Errorf("%s (%s): %s", o.today(), n.what, fmt.Sprintf(format, args...))
}

func (o *office) wantApply(n night, code int, out string) {
	o.t.Helper()
	if code != n.code {
		o.errorf(n, "exit code %d, want %d\n%s", code, n.code, out)
	}
	if warned := strings.Contains(n.mail, "warning"); code == 0 && warned != (out != "") {
		o.errorf(n, "-quiet is silent only where there is no warning:\n%s", out)
	}
	if code > 0 && out == "" {
		o.errorf(n, "nothing is said of the failure")
	}
}

// ending is how the log in a mail ends: by what the plan falls short of where
// nothing failed, else by exit code.
func (n night) ending() *regexp.Regexp {
	switch {
	case n.ends != "":
		return regexp.MustCompile("(?m)^" + n.ends)
	case n.short != "":
		short := regexp.QuoteMeta(n.short)
		return regexp.MustCompile("(?m)^(Apply is not complete: " + short + "\\. Resources: |No changes, but " + short + "\\. )")
	case n.code == int(failure.Partial):
		return regexp.MustCompile("(?m)^Error: Apply is not complete$")
	case n.code == int(failure.Failed):
		return regexp.MustCompile("(?m)^Error: No destination could be read")
	}
	return regexp.MustCompile(`(?m)^(Apply complete! Resources: |No changes\. )`)
}

// wantLog: each night begins in the log, and ends in it unless it was killed.
func (o *office) wantLog(nights int) {
	o.t.Helper()
	text, err := os.ReadFile(o.file("vmxsync.log"))
	o.check(err)
	begun, ended := strings.Count(string(text), "apply begins"), strings.Count(string(text), "apply ended")
	if begun != nights || ended != nights-1 {
		o.t.Errorf("the log has %d begins and %d ends, want %d and one less", begun, ended, nights)
	}
}

// wantMail reads what has come since yesterday: one mail, or none.
func (o *office) wantMail(n night) {
	o.t.Helper()
	all, err := o.mail.Letters()
	o.check(err)
	fresh := all[o.letters:]
	o.letters = len(all)
	want := 1
	if n.mail == "" {
		want = 0
	}
	if len(fresh) != want {
		o.errorf(n, "%d mails, want %d", len(fresh), want)
	}
	for _, l := range fresh {
		o.wantLetter(n, l)
	}
}

func (o *office) wantLetter(n night, l mailtest.Letter) {
	o.t.Helper()
	o.t.Logf("%s (%s)\nSubject: %s\n\n%s", o.today(), n.what, l.Subject, l.Text)
	host, err := os.Hostname()
	o.check(err)
	subject := "^" + regexp.QuoteMeta("[vmxsync] "+host+": ") + "(?:" + n.mail + ")$"
	if !regexp.MustCompile(subject).MatchString(l.Subject) {
		o.errorf(n, "subject %q, want %q", l.Subject, subject)
	}
	for _, want := range n.says {
		if !strings.Contains(l.Text, want) {
			o.errorf(n, "the mail does not say %q:\n%s", want, l.Text)
		}
	}
	if log := l.Attached["vmxsync.log"]; !n.ending().MatchString(log) {
		o.errorf(n, "the attached log does not say how it ended:\n%s", log)
	}
}

// wantMetrics: a run that was killed leaves those of the night before.
func (o *office) wantMetrics(n night) {
	o.t.Helper()
	if n.code == killed {
		return
	}
	if n.code == 0 {
		o.success = o.day
	}
	text, err := os.ReadFile(o.file("vmxsync.prom"))
	if err != nil {
		o.errorf(n, "%v", err)
	}
	last := time.Date(2026, 10, o.success, 4, 0, 0, 0, o.zone)
	for _, want := range append(o.samples(n),
		fmt.Sprintf("vmxsync_apply_exit_code{name=\"office\"} %d\n", n.code),
		fmt.Sprintf("vmxsync_apply_end_timestamp_seconds{name=\"office\"} %d\n", o.at(4, 0).Unix()),
		fmt.Sprintf("vmxsync_apply_success_timestamp_seconds{name=\"office\"} %d\n", last.Unix()),
	) {
		if !strings.Contains(string(text), want) {
			o.errorf(n, "the metrics do not say %q:\n%s", want, text)
		}
	}
}

// samples are the metrics of what the destinations hold of each VM.
func (o *office) samples(n night) (lines []string) {
	for place := range o.servers {
		if n.code == int(failure.Failed) || slices.Contains(n.away, place) {
			continue
		}
		for vm := range o.vmsAt(place) {
			if slices.Contains(o.excluded, vm) {
				continue
			}
			held, of := o.ledger.at[place][vm], fmt.Sprintf("{name=\"office\",destination=%q,vm=%q}", place, vm)
			likely, damaged := without(held, o.ledger.doubt[vm]), o.ledger.found[place+"/"+vm]
			counted := without(likely, o.ledger.uncounted(place, vm))
			unreadable := 0
			if o.locked {
				unreadable = 1
			}
			lines = append(lines, fmt.Sprintf("vmxsync_sets%s %d\n", of, len(counted)), fmt.Sprintf("vmxsync_suspicious%s %d\n", of, len(held)-len(likely)), fmt.Sprintf("vmxsync_vanished%s %d\n", of, len(o.ledger.vanished[place+"/"+vm])),
				fmt.Sprintf("vmxsync_damaged%s %d\n", of, len(damaged)), fmt.Sprintf("vmxsync_unreadable%s %d\n", of, unreadable))
		}
	}
	return lines
}

// wantDisks compares the disks of the host and of both servers with the ledger.
func (o *office) wantDisks(n night) {
	o.t.Helper()
	o.wantSets(n, "source", o.file("src"), o.source)
	for name, l := range o.servers {
		o.wantSets(n, name, l.Root, o.ledger.at[name])
		for vm, days := range o.ledger.at[name] {
			o.wantWhole(n, name, l.Root, vm, days)
		}
		if n.code == 0 {
			o.wantTidy(n, name, filepath.Join(l.Root, ".vmxsync"))
		}
	}
}

// wantWhole compares the sets of a VM with what the backup program wrote. On
// Sundays sha256sum is asked as well.
func (o *office) wantWhole(n night, place, root, vm string, days []int) {
	o.t.Helper()
	for _, d := range days {
		err := o.archive.whole(root, setOf(vm, d))
		if rotten := o.ledger.rotten[place+"/"+setOf(vm, d)]; rotten != (err != nil) {
			o.errorf(n, "%s at %s: %v", setOf(vm, d), place, err)
		}
		if err != nil {
			continue
		}
		if o.at(0, 0).Weekday() == time.Sunday {
			o.sum(n, filepath.Join(root, setOf(vm, d)))
		}
	}
}

// wantTidy: a night on which all went well leaves nothing behind but what was
// replaced in the week before.
func (o *office) wantTidy(n night, place, work string) {
	o.t.Helper()
	for _, dir := range []string{"staging", "trash", "lock/held"} {
		want := ""
		if r := o.replaced; dir == "trash" && r.place == place && o.day <= r.on+7 {
			want = strings.ReplaceAll(r.set, "/", "~") + "~"
		}
		left, _ := os.ReadDir(filepath.Join(work, dir))
		if alone := len(left) == 1 && want != "" && strings.HasPrefix(left[0].Name(), want); !alone && len(left)+len(want) > 0 {
			o.errorf(n, "%v is left in %s/%s, want %q", left, work, dir, want)
		}
	}
}

func (o *office) wantSets(n night, place, root string, want shelf) {
	o.t.Helper()
	var sets, visible []string
	for vm, days := range want {
		for _, d := range days {
			sets = append(sets, setOf(vm, d))
		}
	}
	sets = append(sets, o.ledger.others[place]...)
	found, _ := filepath.Glob(filepath.Join(root, "[A-Z]*", "*"))
	for _, p := range found {
		rel, _ := filepath.Rel(root, p)
		visible = append(visible, filepath.ToSlash(rel))
	}
	slices.Sort(sets)
	slices.Sort(visible)
	if !slices.Equal(visible, sets) {
		o.errorf(n, "%s holds %v\nwant %v", place, visible, sets)
	}
}

// sum asks sha256sum about a set.
func (o *office) sum(n night, set string) {
	o.t.Helper()
	cmd := exec.Command("sha256sum", "--strict", "--quiet", "-c", "vmxsync.sha256")
	cmd.Dir = set
	if out, err := cmd.CombinedOutput(); err != nil {
		o.errorf(n, "sha256sum -c in %s: %v\n%s", set, err, out)
	}
}

// wantStatus looks at seven.
func (o *office) wantStatus(n night) {
	o.t.Helper()
	cmd := o.command("status", "-json", "-detailed-exitcode")
	cmd.Env = append(os.Environ(), o.clock(o.at(7, 0))...)
	text, _ := cmd.Output()
	var got status.Document
	o.check(json.Unmarshal(text, &got))
	want, code := o.wanted(n)
	if c := cmd.ProcessState.ExitCode(); c != code {
		o.errorf(n, "status: exit code %d, want %d\n%s", c, code, text)
	}
	o.wantLast(n, got.LastApply)
	found := map[string]string{}
	for _, g := range got.Groups {
		fresh := "not judged"
		if g.Fresh != nil {
			fresh = fmt.Sprint(*g.Fresh)
		}
		found[g.Destination+"/"+g.VM] = fmt.Sprintf("%d sets, newest %s, behind %v, fresh %s %s", g.Sets, g.Newest, g.Behind, fresh, g.Rule)
	}
	if !maps.Equal(found, want) {
		o.errorf(n, "status says\n%v\nwant\n%v", found, want)
	}
}

// wantLast: status also tells how the last apply ended, if it did.
func (o *office) wantLast(n night, last *status.Apply) {
	o.t.Helper()
	switch {
	case last == nil || !last.Began.Equal(o.at(4, 0)):
		o.errorf(n, "status does not know the apply of this night: %+v", last)
	case n.code == killed && last.ExitCode != nil, n.code != killed && (last.ExitCode == nil || *last.ExitCode != n.code):
		o.errorf(n, "status says of the last apply %+v, want exit code %d", *last, n.code)
	}
}

// wanted is how all VMs should stand by the ledger, and the exit code for it.
func (o *office) wanted(n night) (lines map[string]string, code int) {
	lines = map[string]string{}
	for place := range o.servers {
		if slices.Contains(n.away, place) {
			code = int(failure.Failed)
			continue
		}
		for _, set := range o.ledger.others[place] {
			vm, _, _ := strings.Cut(set, "/")
			if _, ours := o.vmsAt(place)[vm]; ours {
				continue
			}
			lines[place+"/"+vm], code = "0 sets, newest , behind false, fresh not judged orphan", int(failure.Changes)
		}
		for vm := range o.vmsAt(place) {
			line, well := o.stands(place, vm)
			lines[place+"/"+vm] = line
			if !well && code == 0 {
				code = int(failure.Changes)
			}
		}
	}
	return lines, code
}

func (o *office) vmsAt(place string) shelf {
	all := maps.Clone(o.ledger.at[place])
	maps.Copy(all, o.source)
	return all
}

// stands is how a VM should stand at a destination at seven.
func (o *office) stands(place, vm string) (line string, well bool) {
	held, newest, rule := o.ledger.at[place][vm], "", ""
	uncounted := o.ledger.uncounted(place, vm)
	held = without(without(held, o.ledger.doubt[vm]), uncounted)
	waiting := united(without(o.wants(place, vm, o.ready()[vm]), o.ledger.at[place][vm]), o.ledger.found[place+"/"+vm]) // those are sent again
	behind := len(waiting) > 0
	overdue := slices.ContainsFunc(waiting, func(day int) bool { return day < o.day }) // the last ones came at one, six hours ago
	fresh := "not judged"
	if len(held) > 0 {
		last := held[len(held)-1]
		newest = place + "/" + setOf(vm, last)
		age := o.at(7, 0).AddDate(0, 0, -3)
		fresh = fmt.Sprint(time.Date(2026, 10, last, 1, 0, 0, 0, o.zone).After(age))
	}
	if o.source[vm] == nil && !o.unmounted {
		rule = "orphan"
	}
	if slices.Contains(o.excluded, vm) {
		rule, fresh = "unassigned", "not judged"
	}
	well = !overdue && fresh != "false" && (len(held) > 0 || rule != "") && len(o.ledger.doubt[vm])+len(uncounted)+len(o.ledger.vanished[place+"/"+vm]) == 0 &&
		!o.locked && !o.unmounted && rule != "orphan" // one that no source holds any more is missed, until it is excluded
	return fmt.Sprintf("%d sets, newest %s, behind %v, fresh %s %s", len(held), newest, behind, fresh, rule), well
}
