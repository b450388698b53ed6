package notice

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/state/wording"

	"github.com/vmxsync/vmxsync/state"
)

// FirstUseOf is the note that a place is used for the first time.
func FirstUseOf(place, location, workDir, owner string) Note {
	return Note{Kind: &FirstUse, Place: place,
		Why: fmt.Sprintf("first use: %s gets the folder %s and belongs to %s from then on.", location, workDir, owner)}
}

// TakenOver is the note that a root changes its owner.
func TakenOver(place, from, to string) Note {
	return Note{Kind: &TakeOver, Place: place,
		Why: fmt.Sprintf("its root belongs to %s: this plan takes it over for %s. From then on, plans of %s fail there.", from, to, from)}
}

// The notices of a place as a whole.
var (
	Unreachable = Kind{Code: "unreachable", Class: ErrorClass,
		Brief: func(t *Tally) string { return t.First.Place + " could not be read" },
		Text: func(t *Tally) string {
			return fmt.Sprintf("could not be read and has no part in this plan: %s", sentence(t.First.Why))
		}}
	Absent = Kind{Code: "absent", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("could not be read and has no part in this plan, which is allowed as it is optional: %s", sentence(t.First.Why))
	}}
	Quota = Kind{Code: "quota", Class: ErrorClass,
		Brief: func(t *Tally) string { return t.First.Place + " has no room in its quota" },
		Text: func(t *Tally) string {
			return fmt.Sprintf("has no part in this plan: it %s.", t.First.Why)
		}}
	Empty = Kind{Code: "empty", Class: WarningClass,
		Brief: func(t *Tally) string { return t.First.Place + " is empty" },
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s: nothing is uploaded from it, and nothing is deleted for it. Check path and layout of the source.", t.First.Why)
		}}
	TakeOver = Kind{Code: "take-over", Class: NoteClass,
		Text: func(t *Tally) string { return t.First.Why },
	}
	FirstUse = Kind{Code: "first-use", Class: NoteClass,
		Text: func(t *Tally) string { return t.First.Why },
	}
	Unknown = Kind{Code: "unknown", Class: ErrorClass,
		Brief: func(t *Tally) string {
			if t.VMs[state.AnyVM] {
				return "not all of " + t.First.Place + " could be read"
			}
			return wording.Count(len(t.VMs), "VM") + " could not be read at " + t.First.Place
		},
		Text: func(t *Tally) string {
			return fmt.Sprintf("its sets of %s are not known: nothing of %s is uploaded or deleted. %s", t.Whose(), wording.Them(len(t.VMs)), t.reason())
		}}
	NotWhole = Kind{Code: "not-whole", Class: ErrorClass,
		Brief: func(t *Tally) string {
			return "the listing of " + wording.Count(len(t.VMs), "VM") + " at " + t.First.Place + " is incomplete"
		},
		Text: func(t *Tally) string {
			return fmt.Sprintf("the listing of %s is incomplete: nothing of %s is deleted, and each set is asked for by name before it is uploaded. %s",
				t.Whose(), wording.Them(len(t.VMs)), t.reason())
		}}
	ServerReplaced = Kind{Code: "server-replaced", Class: WarningClass,
		Brief: placed(func(*Tally) string { return "another certificate key" }),
		Text:  func(t *Tally) string { return t.First.Why },
	}
	ServerRenewed = Kind{Code: "server-renewed", Class: NoteClass,
		Text: func(t *Tally) string { return t.First.Why },
	}
	Proofs = Kind{Code: "proofs", Class: WarningClass,
		Brief: placed(func(*Tally) string { return "what was proven cannot be read" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("what was proven of its sets cannot be read, and nothing is verified there: %s Let the account read and write below the work folder, or remove the verify blocks of the destination and of its backups.", sentence(t.First.Why))
		}}
	Record = Kind{Code: "record", Class: WarningClass,
		Brief: placed(func(*Tally) string { return "the record of complete sets cannot be used" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("the record of what was complete after the last apply cannot be used: %s. Sets that have vanished may not be reported. The next apply writes it anew.", strings.TrimSuffix(t.First.Why, "."))
		}}
)
