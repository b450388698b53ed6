package notice

// The notices of a plan as a whole. Their texts are made where the facts are.
var (
	Clock     = Kind{Code: "clock", Class: NoteClass}
	Inventory = Kind{Code: "inventory", Class: NoteClass}
	Sensitive = Kind{Code: "sensitive", Class: NoteClass}
	Target    = Kind{Code: "target", Class: NoteClass}
	Destroy   = Kind{Code: "destroy", Class: NoteClass}
	Waits     = Kind{Code: "waits", Class: WarningClass}
)

// Kinds are those of places, in the order in which they are listed.
var Kinds = []*Kind{
	&Unreachable, &Absent, &Quota, &Empty, &TakeOver, &FirstUse, &Unknown, &Unreadable,
	&NotBackedUp, &NotApproved, &NotWhole, &Name, &OddName, &Reserved, &Damaged,
	&Stripped, &Displaced, &OddSet, &Rotten, &Differs, &Rewritten, &Overwritten,
	&OfAnother, &FutureDated, &NoCandidate, &NotFresh, &NotProven, &UnreadProofs, &MaxAge, &MaxSizePerVM, &Rests,
	&Room, &NotDestroyed, &NotAdopted, &Unmarked, &Untrusted, &Half, &Stranded, &Outgoing,
	&Orphan, &Gone, &Unassigned, &NewVM, &NotUploaded, &Postponed, &NotPruned, &Left,
	&Aside, &Trash, &Stuck, &Pin, &Settling, &Awaited, &Overdue, &Unsettled, &NotReady,
	&Vanished, &ServerReplaced, &ServerRenewed, &Accepted, &Record, &Proofs, &Suspicious,
	&LacksDisk, &Unmatched, &Unheld, &Returned, &Unsupported,
}

// Of is the kind of a code. An unknown code is an error: nothing is silent because
// somebody forgot it.
func Of(code string) *Kind {
	for _, kinds := range [][]*Kind{Kinds, {&Clock, &Inventory, &Sensitive, &Target, &Destroy, &Waits}} {
		for _, k := range kinds {
			if k.Code == code {
				return k
			}
		}
	}
	return &Kind{Code: code, Class: ErrorClass}
}
