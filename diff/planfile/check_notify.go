package planfile

import "fmt"

// maxNotifies is the most notifications that a plan may have.
const maxNotifies = 100

func (k *checker) checkNotifies() error {
	if len(k.plan.Notifies) > maxNotifies {
		return fmt.Errorf("%d notifies, at most %d are possible", len(k.plan.Notifies), maxNotifies)
	}
	named := map[string]bool{}
	for _, n := range k.plan.Notifies {
		id := n.Type + " " + n.Name
		if named[id] {
			return fmt.Errorf("notify %q is a duplicate", id)
		}
		named[id] = true
		for _, p := range n.Check() {
			if !p.Warning {
				return fmt.Errorf("notify %q: %s", id, p.Detail)
			}
		}
	}
	return nil
}
