package planfile

import (
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
)

// maxHooks is the most hooks that a plan may have.
const maxHooks = 100

// checkHooks proves that the programs of a plan can be run at all; whether to trust
// them is up to the signature.
func checkHooks(p *diff.Plan) error {
	if len(p.Hooks) > maxHooks {
		return fmt.Errorf("%d hooks, at most %d are possible", len(p.Hooks), maxHooks)
	}
	named := map[string]bool{}
	for _, h := range p.Hooks {
		if named[h.Name] {
			return fmt.Errorf("hook %q is a duplicate", h.Name)
		}
		named[h.Name] = true
		for _, problem := range h.Check() {
			return fmt.Errorf("hook %q: %s", h.Name, problem.Detail)
		}
	}
	return nil
}
