package apply

import (
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers"
)

// remark reports something that is not a failure, but that a person may ask about
// later.
func (x *executor) remark(j *job, format string, args ...any) {
	x.tell(Remark{Address: j.address, Text: providers.Escape(fmt.Sprintf(format, args...))})
}

// absentAlready reports that what a step should delete was already absent, though no
// earlier run can have deleted it.
func (a stepEnv) absentAlready(was journal.Status) {
	if was == journal.Never {
		a.remark(a.job, "%s was already absent: something else deleted it after this plan was made.", a.s.From)
	}
}

// warn is remark for what a person should look at: it is also added to the outcome.
func (x *executor) warn(j *job, format string, args ...any) {
	text := providers.Escape(fmt.Sprintf(format, args...))
	x.ending.Lock()
	j.outcome.Warnings = append(j.outcome.Warnings, text)
	x.ending.Unlock()
	x.tell(Remark{Address: j.address, Text: text, Warn: true})
}

// removed treats a deletion that did all it may as a success, with a warning that names
// what remains.
func (x *executor) removed(j *job, err error) error {
	if left, ok := errors.AsType[*remote.LeftBehind](err); ok {
		x.warn(j, "%v. Check what they are and delete them by hand.", left)
		return nil
	}
	return err
}
