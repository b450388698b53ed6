package apply

import (
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/step"
)

// report passes on what happens while a step is done, with the address of its job.
func (x *executor) report(j *job, e step.Event) {
	switch e := e.(type) {
	case step.Progress:
		x.tell(event.Progress{Address: j.Address, Path: e.Path, Sent: e.Sent, Size: e.Size, Kept: e.Kept})
	case step.Uploaded:
		x.uploaded.Add(e.Bytes)
	case step.Comparing:
		x.tell(event.Comparing{Address: j.Address, Path: e.Path, Read: e.Read, Size: e.Size})
	case step.Waiting:
		x.tell(event.Waiting{Address: j.Address, For: e.For})
		x.waited.Add(int64(e.For))
	case step.Remark:
		x.remark(j, e)
	}
}

// remark adds what a person should look at to the outcome of the job.
func (x *executor) remark(j *job, r step.Remark) {
	if r.Warn {
		x.outcomes.warn(j, r.Text)
	}
	x.tell(event.Remark{Address: j.Address, Text: r.Text, Warn: r.Warn})
}
