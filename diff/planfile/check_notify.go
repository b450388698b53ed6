package planfile

import (
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
)

// maxNotifies is the most notifications that a plan may have.
const maxNotifies = 100

func checkNotifies(p *diff.Plan) error {
	if len(p.Notifies) > maxNotifies {
		return fmt.Errorf("%d notifies, at most %d are possible", len(p.Notifies), maxNotifies)
	}
	named := map[string]bool{}
	for _, n := range p.Notifies {
		id := n.Type + " " + n.Name
		if named[id] {
			return fmt.Errorf("notify %q is a duplicate", id)
		}
		named[id] = true
		for _, problem := range n.Check() {
			if !problem.Warning {
				return fmt.Errorf("notify %q: %s", id, problem.Detail)
			}
		}
	}
	return nil
}
