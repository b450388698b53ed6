package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// warnings are the codes of notices that somebody should look at soon: of sets
// that changed or broke, of clocks, of VMs without a fresh set, and of what stops
// the rotation of a VM.
var warnings = []string{
	string(state.Damaged), string(state.Differs), string(state.Unknown), futureDatedRule, "no-candidate", notFresh, lesserSet, "name", "half", "outgoing", "stranded", "aside",
}

// Warns tells that the notice is a warning: a run that went well with one is
// told as such.
func (n Notice) Warns() bool { return slices.Contains(warnings, n.Code) }
