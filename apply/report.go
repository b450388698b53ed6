package apply

import "github.com/vmxsync/vmxsync/apply/event"

// report passes on what happens while a step is done. A warning belongs to the outcome of
// the job as well.
func (x *executor) report(j *job, e event.Event) {
	switch e := e.(type) {
	case event.Waiting:
		x.waited.Add(int64(e.For))
	case event.Remark:
		if e.Warn {
			x.outcomes.warn(j, e.Text)
		}
	}
	x.tell(e)
}
