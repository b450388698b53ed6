package apply

import (
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
)

// remark reports something that is not a failure, but that a person may ask about
// later.
func (x *executor) remark(j *job, format string, args ...any) {
	x.tell(Remark{Address: j.address, Text: providers.Escape(fmt.Sprintf(format, args...))})
}

// warn is remark for what a person should look at: it is also added to the outcome.
func (x *executor) warn(j *job, format string, args ...any) {
	text := providers.Escape(fmt.Sprintf(format, args...))
	x.ending.Lock()
	j.outcome.Warnings = append(j.outcome.Warnings, text)
	x.ending.Unlock()
	x.tell(Remark{Address: j.address, Text: text, Warn: true})
}
