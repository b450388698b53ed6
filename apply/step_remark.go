package apply

import "github.com/vmxsync/vmxsync/apply/journal"

// absentAlready reports that what a step should delete was already absent, though no
// earlier run can have deleted it.
func (a stepEnv) absentAlready(was journal.Status) {
	if was == journal.Never {
		a.remark(a.job, "%s was already absent: something else deleted it after this plan was made.", a.s.From)
	}
}
