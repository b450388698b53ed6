package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

// What mails say each day until somebody has done something.
var (
	halfMounted = []string{"nas: 1 VM (Homer) is gone from the source, which had new sets of it regularly. Homer: last seen at esxi on 2026-11-14. Is all of the source mounted?",
		"rented: 1 VM (Homer) is gone from the source", "listed in retired of its backup"}
	notMounted = []string{`source "esxi": holds no sets`, "hint: Check path and layout of the source"}
	byHandGone = []string{"nas: 1 set of 1 VM (Homer) has vanished: recorded as complete, absent now, and not deleted by vmxsync.", "vmxsync plan -accept=\"nas/Homer/"}
	exchanged  = []string{`nas holds sets that were uploaded to "rented" (`, `rented holds sets that were uploaded to "nas" (`, "are the shares of two destinations swapped", "vmxsync plan -take-over"}
	encrypted  = []string{"nas: 6 local sets of 3 VMs (Homer, Lisa, Maggie) were rewritten since their upload: was the source encrypted?",
		"nothing of their VMs is deleted", "vmxsync plan -accept=\"nas/*\" -out=plan.out", "vmxsync plan -accept=\"rented/*\" -out=plan.out"}
)

// What is said of a VM whose folder was renamed at a destination.
const misplacedEnd = `Apply is not complete: [0-9] sets are not where they were uploaded \(nas\), [0-9] sets? ha(s|ve) vanished \(nas\)\.`

var misplaced = []string{"sets of 1 VM are not where they were uploaded: kept, not counted. Lisa-old/", "was uploaded as Lisa/", "Move them back by hand"}

// rewrites is the subject of a night after local sets were rewritten.
const (
	rewrites   = `FAILED: 6 local sets were rewritten since their upload \(nas, rented\)`
	rewrittens = "6 local sets were rewritten since their upload (nas), 6 local sets were rewritten since their upload (rented)"
)

var november = []night{
	{what: "the backups of Maggie are whole again, and one VM of the source is not mounted", evening: all(grownBack, unmount("Homer")), mail: "4 uploaded, 6 deleted, 2 warnings", says: halfMounted},
	{what: "it still is not", mail: "4 uploaded, 8 deleted, 2 warnings", says: halfMounted},
	{what: "it is", evening: mount, mail: "6 uploaded, [0-9]+ deleted"},
	{what: "nothing of the source is mounted", evening: unmount(), code: int(failure.Failed), mail: `FAILED: Planning failed: source "esxi": holds no sets`, says: notMounted, ends: "Error: Planning failed$"},
	{what: "nor the next night", code: int(failure.Failed), mail: `FAILED: Planning failed: source "esxi": holds no sets`, says: notMounted, ends: "Error: Planning failed$"},
	{what: "all of it is", evening: mount, mail: "6 uploaded, [0-9]+ deleted"},
	{what: "somebody has deleted one set", evening: vanished("nas", "Homer"), code: int(failure.Partial), mail: `FAILED: 1 set has vanished \(nas\); 6 uploaded, [0-9]+ deleted`, short: "1 set has vanished (nas)", says: byHandGone},
	{what: "it is still missed", code: int(failure.Partial), mail: `FAILED: 1 set has vanished \(nas\); 6 uploaded, [0-9]+ deleted`, short: "1 set has vanished (nas)", says: byHandGone},
	{what: "its loss is accepted", evening: lossAccepted("nas", "Homer"), mail: "6 uploaded, [0-9]+ deleted"},
	{what: "the source is encrypted", evening: rewritten(1 << 10), code: int(failure.Partial), mail: rewrites + "; 6 uploaded", short: rewrittens, says: append([]string{"49.4 KiB, where 48.4 KiB were sent"}, encrypted...)},
	{what: "it still is", code: int(failure.Partial), mail: rewrites + "; 6 uploaded.*", short: rewrittens, says: encrypted},
	{what: "the copies are right", evening: copiesAccepted, mail: "6 uploaded, [0-9]+ deleted"},
	{what: "what was encrypted is deleted at the source", evening: cleaned, mail: "6 uploaded, [0-9]+ deleted"},
	{what: "all of it is rewritten with the same sizes", evening: rewritten(0), code: int(failure.Partial), mail: rewrites + "; 6 uploaded", short: rewrittens, says: append([]string{"disk.vmdk is newer than the uploaded file"}, encrypted...)},
	{what: "that is still so", code: int(failure.Partial), mail: rewrites + "; 6 uploaded.*", short: rewrittens, says: encrypted},
	{what: "what was rewritten is deleted at the source", evening: all(cleaned, byHand("-allow-shrink")), mail: "6 uploaded, [0-9]+ deleted"},
	{what: "somebody has swapped the shares", evening: swapped, away: []string{"nas", "rented"}, code: int(failure.Failed), mail: "FAILED: No destination could be read", says: exchanged},
	{what: "they still are", away: []string{"nas", "rented"}, code: int(failure.Failed), mail: "FAILED: No destination could be read", says: exchanged},
	{what: "they are as they were", evening: swapped, mail: "15 uploaded, [0-9]+ deleted"},
	{what: "an ordinary night", mail: "6 uploaded, [0-9]+ deleted"},
	{what: "somebody has renamed the folder of a VM on the nas", evening: folderRenamed("nas", "Lisa"), code: int(failure.Partial),
		mail: `FAILED: [0-9] sets are not where they were uploaded \(nas\), [0-9] sets have vanished \(nas\); [0-9]+ uploaded, [0-9]+ deleted`, ends: misplacedEnd, says: misplaced},
	{what: "what is still missing is moved back", evening: all(movedBack("nas", "Lisa"), byHand("-allow-shrink")), mail: "6 uploaded, [0-9]+ deleted"},
	{what: "an ordinary night", mail: "6 uploaded, [0-9]+ deleted"},
}

// grownBack is the end of backups that are a fraction of the VM.
func grownBack(o *office) { o.shrinks, o.meant = "", false }

// unmount takes VMs from the source, or all of it; the backup program writes none of
// them by then.
func unmount(vms ...string) incident {
	return func(o *office) {
		o.unmounted = len(vms) == 0
		if o.unmounted {
			vms = slices.Clone(o.running)
		}
		o.away = shelf{}
		o.check(os.MkdirAll(o.file("unmounted"), 0o755))
		for _, vm := range vms {
			o.away[vm] = o.source[vm]
			delete(o.source, vm)
			o.check(os.Rename(o.file("src/"+vm), o.file("unmounted/"+vm)))
		}
		o.running = slices.DeleteFunc(o.running, func(vm string) bool { return slices.Contains(vms, vm) })
	}
}

// mount brings them back.
func mount(o *office) {
	for vm := range o.away {
		o.check(os.Rename(o.file("unmounted/"+vm), o.file("src/"+vm)))
		o.running = append(o.running, vm)
	}
	maps.Copy(o.source, o.away)
	o.unmounted, o.away = false, nil
}

// vanished is a set that somebody deletes at a destination: the oldest of the VM.
func vanished(place, vm string) incident {
	return func(o *office) {
		day := o.ledger.at[place][vm][0]
		o.ledger.at[place][vm] = o.ledger.at[place][vm][1:]
		o.ledger.vanished[place+"/"+vm] = []int{day}
		o.check(os.RemoveAll(filepath.Join(o.servers[place].Root, setOf(vm, day))))
	}
}

// folderRenamed is somebody who tidies up on the server.
func folderRenamed(place, vm string) incident {
	return func(o *office) {
		held := o.ledger.at[place][vm]
		delete(o.ledger.at[place], vm)
		o.ledger.vanished[place+"/"+vm] = held
		for _, d := range held {
			o.ledger.others[place] = append(o.ledger.others[place], setOf(vm+"-old", d))
		}
		root := o.servers[place].Root
		o.check(os.Rename(filepath.Join(root, vm), filepath.Join(root, vm+"-old")))
	}
}

// movedBack is an administrator who moves the sets back that are still missing.
func movedBack(place, vm string) incident {
	return func(o *office) {
		root, missing := o.servers[place].Root, o.ledger.vanished[place+"/"+vm]
		for _, d := range missing {
			o.check(os.Rename(filepath.Join(root, setOf(vm+"-old", d)), filepath.Join(root, setOf(vm, d))))
		}
		o.check(os.RemoveAll(filepath.Join(root, vm+"-old")))
		o.ledger.at[place][vm] = united(o.ledger.at[place][vm], missing)
		delete(o.ledger.vanished, place+"/"+vm)
		o.ledger.others[place] = slices.DeleteFunc(o.ledger.others[place], func(set string) bool { return strings.HasPrefix(set, vm+"-old/") })
	}
}

// lossAccepted is an administrator who knows where it is.
func lossAccepted(place, vm string) incident {
	return func(o *office) {
		accept := "-accept=" + place + "/" + setOf(vm, o.ledger.vanished[place+"/"+vm][0])
		delete(o.ledger.vanished, place+"/"+vm)
		byHand(accept)(o)
	}
}

// rewritten is what encrypts all that the source holds: each file gets other bytes, and
// more of them.
func rewritten(more int64) incident {
	return func(o *office) {
		for vm, days := range o.source {
			o.ledger.struck[vm] = slices.Clone(days)
			for _, d := range days {
				disk := o.file("src/" + setOf(vm, d) + "/disk.vmdk")
				o.check(writeRandom(disk, "encrypted"+setOf(vm, d), 48<<10+more))
				o.check(os.Chtimes(disk, o.at(0, 30), o.at(0, 30)))
			}
		}
	}
}

// copiesAccepted is an administrator who has looked at the copies, and lets them count.
func copiesAccepted(o *office) {
	o.ledger.forgiven, o.ledger.struck = o.ledger.struck, map[string][]int{}
	byHand("-allow-shrink", "-accept=nas/*", "-accept=rented/*")(o)
}

// cleaned is the end of the encrypted sets at the source.
func cleaned(o *office) {
	for vm, days := range o.source {
		bad := united(o.ledger.struck[vm], o.ledger.forgiven[vm])
		o.source[vm] = without(days, bad)
		for _, d := range bad {
			o.check(os.RemoveAll(o.file("src/" + setOf(vm, d))))
		}
	}
	o.ledger.struck, o.ledger.forgiven = map[string][]int{}, map[string][]int{}
}

// swapped is a server that shows each share under the name of the other.
func swapped(o *office) {
	nas, rented := o.servers["nas"].Root, o.servers["rented"].Root
	between := o.t.TempDir()
	moveAll(o, nas, between)
	moveAll(o, rented, nas)
	moveAll(o, between, rented)
	o.check(filepath.WalkDir(nas, func(p string, _ os.DirEntry, err error) error { // Adopt leaves those of others
		if err != nil {
			return err
		}
		return os.Lchown(p, os.Getuid(), os.Getgid())
	}))
	o.check(o.servers["rented"].Adopt())
	at := o.ledger.at
	at["nas"], at["rented"] = at["rented"], at["nas"]
}

func moveAll(o *office, from, to string) {
	entries, err := os.ReadDir(from)
	o.check(err)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".ftpquota") {
			o.check(os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())))
		}
	}
}
