package apply

import (
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// rottenError names a file of a copy that does not match what was sent when it was read
// back.
type rottenError struct {
	file string // from the folder of the set
	why  string
}

func (e *rottenError) Error() string { return fmt.Sprintf("%s: %v: %s", e.file, errRotten, e.why) }

func (e *rottenError) Unwrap() error { return errRotten }

// rottenHint is the hint for the damaged copy at an address: where a set cannot be
// moved to trash, it is deleted first.
func rottenHint(p diff.Place, address string) string {
	mend := fmt.Sprintf("To send it again: vmxsync plan -replace=%s -out=plan.out.", diff.Quoted(address))
	if p.Publish == state.InPlace {
		mend = fmt.Sprintf("To delete it, so that it is sent again: vmxsync plan -destroy -target=%s -out=plan.out.", diff.Quoted(address))
	}
	return "The local set is kept, and the damaged copy is not counted. " + mend + " Check the disk and the memory of the destination."
}

// sound is an error where the copy that has this manifest was found damaged.
func (x *executor) sound(p diff.Place, k state.Key, m *state.Manifest) error {
	address := state.Address(p.Name, k)
	x.ending.Lock()
	defer x.ending.Unlock()
	f, found := x.findings[address]
	if !found || m == nil || m.Identity() != f.Manifest {
		return nil
	}
	err := fmt.Errorf("%w: %s", errRotten, state.FoundText(f))
	return providers.WithHint(err, rottenHint(p, address))
}

// errRotten: the bytes of a copy at a destination do not match its manifest.
var errRotten = errors.New("the copy is damaged")
