package main

import (
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// night is a row of the month: what happens, and what is expected of it.
type night struct {
	what    string
	evening incident                    // before the backup program begins
	amid    func(*office, runningApply) // while the apply runs
	morning incident                    // before the administrator looks at seven

	fails []string // destinations to which nothing can be sent
	away  []string // destinations that cannot even be read
	code  int      // of the apply
	mail  string   // a regular expression for the subject, from the host on; "": none comes
	says  []string // in the text of the mail
	ends  string   // how the log ends, as a regular expression, where code and short do not tell
	short string   // why the apply is not complete though nothing failed, as the log says it
}

// TestMonth replays October 2026 in an office with two real servers: each night
// the apply, each morning the mail, the status, the metrics and the disks as they
// should be, and at no time fewer sets than the policies keep. November and a week of
// December follow, of nights that look good and are not.
func TestMonth(t *testing.T) {
	if providertest.Thin() {
		t.Skip("takes minutes: make test runs it")
	}
	t.Parallel()
	o := newOffice(t)
	nights := slices.Concat(october, november)
	for i, n := range nights {
		o.day = i + 1
		o.live(n)
	}
	o.wantLog(len(nights) + o.byHand)
}

// suspicious is the subject of a night after which both places hold such sets.
func suspicious(sets string) string { return "FAILED: " + sets + ` suspicious \(nas, rented\)` }

// doubtful is how the log of that night says why the apply is not complete.
func doubtful(sets string) string {
	return sets + " suspicious (nas), " + sets + " suspicious (rented)"
}

// What mails say of several nights, each day until somebody has done something.
var (
	rotten = []string{"esxi: 1 set failed: the copy is damaged (Homer)", "nas/Homer/2026-11-01-010000: disk.vmdk: the copy is damaged: its SHA-256 is",
		"The local set is kept, and the damaged copy is not counted. The next plan sends the set again."}
	wipedOut = []string{"rented was used before (12 sets on 2026-11-05) and is empty now", "vmxsync plan -take-over"}
	fraction = []string{"Maggie/2026-11-10-010000: 4.0 KiB, where 48.4 KiB is usual; Maggie/2026-11-11-010000: 4.0 KiB", `vmxsync plan -accept="nas/Maggie/2026-11-10-010000"`}
)

var october = []night{
	{what: "the first night", mail: "8 uploaded", says: []string{"first use"}},
	{what: "the second", mail: "8 uploaded"},
	{what: "the rented space keeps two, and so does the host", mail: "8 uploaded, 8 deleted"},
	{what: "the nas keeps three", mail: "8 uploaded, 12 deleted"},
	{what: "Monday: it keeps that of the week before as well", mail: "8 uploaded, 12 deleted"},
	{what: "a VM is added", evening: added("Maggie"), mail: "10 uploaded, 12 deleted", says: []string{"1 VM (Maggie) is new"}},
	{what: "the rented server is down", evening: down("rented"), away: []string{"rented"}, code: int(failure.Partial),
		mail: "FAILED rented left out; 5 uploaded", short: "rented could not be read", says: []string{"Errors:\n  Destination left out\n    rented: ", "hint: Check `host` and `port`", "Bart/2026-10-05-010000: rented could not be read"}},
	{what: "it is up again", evening: up("rented"), mail: "15 uploaded, 18 deleted"},
	{what: "the rented space is full of photos", evening: filled("rented"), fails: []string{"rented"}, code: int(failure.Partial),
		mail: "FAILED rented: disk full; 5 of 10 uploaded, 14 deleted, 5 failed, 5 cancelled", says: []string{"rented: 5 sets failed: no space left at the destination (", "  + rented/Bart/2026-10-09-010000  48.4 KiB  failed: disk full\n", "server replied 552", "hint: Free space on the server", "cancelled, because rented/Bart/2026-10-09-010000 failed"}},
	{what: "it still is", fails: []string{"rented"}, code: int(failure.Partial), mail: "FAILED rented: disk full; 5 of 15 uploaded, 10 deleted, 5 failed, 15 cancelled", says: []string{"It ran full in 2 runs in a row"}},
	{what: "somebody has removed them", evening: cleared("rented"), mail: "15 uploaded, 20 deleted"},
	{what: "a set is still being written at four", evening: stillWritten("Lisa"),
		mail: "8 uploaded, 12 deleted", says: []string{"still being written (Lisa/2026-10-12-010000)"}},
	{what: "it comes a night late", mail: "12 uploaded, 17 deleted"},
	{what: "the backup program dies over a set", evening: diesOver("Homer"),
		code: int(failure.Partial), mail: suspicious("1 set is") + "; 10 uploaded, 9 deleted", short: doubtful("1 set is"),
		says: []string{"Homer/2026-10-14-010000: without disk.vmdk, which 4 of 4 other sets have", "Homer/2026-10-14-010000: without disk.vmdk, which 2 of 2 other sets have", `vmxsync plan -accept="nas/Homer/2026-10-14-010000" -out=plan.out`, `vmxsync plan -accept="rented/Homer/2026-10-14-010000" -out=plan.out`}},
	{what: "it is accepted, and a wrong password", evening: all(accepted("Homer"), password("nas", "wrong")), away: []string{"nas"}, code: int(failure.Partial),
		mail: "FAILED nas left out; 5 uploaded, 5 deleted", short: "nas could not be read", says: []string{"login", "hint: "}},
	{what: "the right one", evening: rightPassword("nas"), mail: "15 uploaded, 20 deleted"},
	{what: "a power cut in mid-upload", evening: all(hang("nas"), hang("rented")), amid: powerCut,
		morning: all(up("nas"), mend("nas"), mend("rented")), fails: []string{"nas", "rented"}, code: killed},
	{what: "it goes on", mail: "1[0-9] uploaded, [0-9]+ updated, 25 deleted, 1 warning", says: []string{"did not end: its process was killed"}},
	{what: "a VM is retired", evening: retired("Marge"), mail: "8 uploaded, 20 deleted, 2 warnings", says: []string{"no source holds 1 VM (Marge)", "nas: 1 VM (Marge) is gone from the source, which had new sets of it regularly. Marge: last seen at esxi on 2026-10-18"}},
	{what: "the line of the office is cut", evening: all(down("nas"), down("rented")), away: []string{"nas", "rented"}, code: int(failure.Failed),
		mail: "FAILED: No destination could be read", says: []string{`destination "nas": `, `destination "rented": `}},
	{what: "it is back, and the backup program has stopped", evening: all(up("nas"), up("rented"), stopped),
		mail: "8 uploaded, 12 deleted, 2 warnings", says: []string{"Marge/2026-10-18-010000: older than fresh_within = 3d"}},
	{what: "the retired VM is excluded", evening: excluded("Marge"), mail: "nothing to do", says: []string{"no backup sends 1 VM (Marge) here: 5 sets kept"}},
	{what: "nothing new for three days", mail: "nothing to do, 2 warnings",
		says: []string{"nas: 4 VMs have no fresh set. Bart/2026-10-20-010000: older than fresh_within = 3d", "Does the backup program still run?"}},
	{what: "for four", mail: "nothing to do, 2 warnings", says: []string{"rented: 4 VMs have no fresh set"}},
	{what: "for five, and the clocks go back", mail: "nothing to do, 2 warnings", says: []string{"4 VMs have no fresh set"}},
	{what: "the backup program runs again", evening: runs("Bart", "Homer", "Lisa", "Maggie"), mail: "8 uploaded, 11 deleted"},
	{what: "another VM is added", evening: added("Ned"), mail: "10 uploaded, 12 deleted", says: []string{"1 VM (Ned) is new"}},
	{what: "the rented server dies in mid-upload", evening: hang("rented"), amid: serverDies("rented"),
		morning: all(up("rented"), mend("rented")), fails: []string{"rented"}, code: int(failure.Partial),
		mail: "FAILED rented: not reachable; 5 of 10 uploaded, 4 deleted, 5 failed, 4 cancelled", says: []string{"  + rented/Bart/2026-10-28-010000  48.4 KiB  failed: "}},
	{what: "it goes on", mail: "1[0-9] uploaded, [0-9]+ updated, 18 deleted"},
	{what: "an ordinary night", mail: "10 uploaded, 15 deleted"},
	{what: "two more VMs are retired", evening: all(retired("Bart"), excluded("Bart"), retired("Ned"), excluded("Ned")), mail: "6 uploaded, 9 deleted"},
	{what: "no set of any source can be read", evening: umask, code: int(failure.Partial), mail: "FAILED: 9 sets could not be read", short: "9 sets could not be read", says: []string{"permission denied", "setfacl -R -m u:"}},
	{what: "nor the next night", code: int(failure.Partial), mail: "FAILED: 12 sets could not be read", short: "12 sets could not be read", says: []string{"permission denied", "setfacl -R -m u:"}},
	{what: "they can be", evening: chmod, mail: "15 uploaded, 18 deleted"},
	{what: "a copy has rotted", evening: rotted("nas", "Homer", 32), code: int(failure.Partial), mail: "FAILED esxi: the copy is damaged; 6 uploaded, 14 deleted, 1 failed", says: rotten},
	{what: "it is sent again", evening: sentAgain("nas", "Homer", 32), mail: "6 uploaded, 1 updated, 9 deleted"},
	{what: "the rented server is wiped", evening: wiped("rented"), away: []string{"rented"}, code: int(failure.Partial),
		mail: "FAILED rented left out; 3 uploaded, 3 deleted", short: "rented could not be read", says: wipedOut},
	{what: "it still is empty", away: []string{"rented"}, code: int(failure.Partial), mail: "FAILED rented left out; 3 uploaded, 3 deleted", short: "rented could not be read", says: wipedOut},
	{what: "it is taken over", evening: byHand("-take-over"), mail: "6 uploaded, 16 deleted"},
	{what: "Monday: half an upload is not adopted by a pattern", evening: all(leftHalf("nas", "Lisa/2026-09-30-010000"), notAdopted("nas", "nas: 1 set is not adopted. Lisa/2026-09-30-010000: it is suspicious (20.4 KiB, where 48.4 KiB is usual). To adopt it anyway, give its full address",
		"nas: 1 set of 1 VM is unmarked (20.4 KiB): kept, not counted, never rotated")), mail: "6 uploaded, 12 deleted"},
	{what: "it is removed, and the backups of a VM are a fraction", evening: all(removed("nas", "Lisa/2026-09-30-010000"), shrunk("Maggie")), code: int(failure.Partial),
		mail: suspicious("1 set is") + "; 6 uploaded, 6 deleted", short: doubtful("1 set is"),
		says: []string{"Maggie/2026-11-10-010000: 4.0 KiB, where 48.4 KiB is usual", `vmxsync plan -accept="nas/Maggie/2026-11-10-010000"`, `vmxsync plan -accept="rented/Maggie/2026-11-10-010000"`}},
	{what: "two of them", code: int(failure.Partial), mail: suspicious("2 sets are") + "; 6 uploaded, 4 deleted", short: doubtful("2 sets are"), says: fraction},
	{what: "three, and the last whole one is old", code: int(failure.Partial), mail: suspicious("3 sets are") + "; 6 uploaded, 6 deleted, 2 warnings", short: doubtful("3 sets are"), says: fraction},
	{what: "four", code: int(failure.Partial), mail: suspicious("4 sets are") + "; 6 uploaded, 6 deleted, 2 warnings", short: doubtful("4 sets are"), says: fraction},
	{what: "it is accepted that the VM is smaller, on the last night", evening: accepted("Maggie", "-allow-shrink"), mail: "6 uploaded, 9 deleted"},
}
