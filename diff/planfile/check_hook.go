package planfile

import (
	"fmt"
)

// maxHooks is the most hooks that a plan may have.
const maxHooks = 100

// checkHooks proves that the programs of a plan can be run at all; whether to trust
// them is up to the signature.
func (k *checker) checkHooks() error {
	if len(k.plan.Hooks) > maxHooks {
		return fmt.Errorf("%d hooks, at most %d are possible", len(k.plan.Hooks), maxHooks)
	}
	named := map[string]bool{}
	for _, h := range k.plan.Hooks {
		if named[h.Name] {
			return fmt.Errorf("hook %q is a duplicate", h.Name)
		}
		named[h.Name] = true
		for _, p := range h.Check() {
			return fmt.Errorf("hook %q: %s", h.Name, p.Detail)
		}
	}
	return nil
}
