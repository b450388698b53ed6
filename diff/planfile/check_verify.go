package planfile

import (
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// checkVerify proves what is read back: sets at their destinations, each once.
func (k *checker) checkVerify() error {
	seen := map[string]bool{}
	for _, s := range k.plan.Verify {
		if err := k.checkShare(s, seen); err != nil {
			return fmt.Errorf("verify at %q: %w", s.Destination, err)
		}
	}
	return nil
}

func (k *checker) checkShare(s diff.Share, seen map[string]bool) error {
	place, known := k.places[s.Destination]
	switch {
	case !known || place.Role != diff.DestinationRole || place.Unreachable != "":
		return errors.New("is not a destination that was read")
	case s.Level != state.ReadProof && s.Level != state.ServerProof:
		return fmt.Errorf("unknown level %q", s.Level)
	case s.Every.IsZero() || s.MaxDuration < 0 || s.Due < len(s.Reads):
		return errors.New("its period, budget or number of sets is invalid")
	}
	for _, n := range []int64{s.MaxBytes, s.Bytes, s.DueBytes} {
		if n < 0 || n >= diff.MaxSize {
			return fmt.Errorf("%d is not a number of bytes", n)
		}
	}
	for _, r := range s.Reads {
		at, key, err := state.SplitAddress(r.Address)
		switch {
		case err != nil || at != s.Destination || providers.CheckName(key.VM) != nil:
			return fmt.Errorf("%q is not the address of a set there", r.Address)
		case seen[r.Address]:
			return fmt.Errorf("%q is read twice", r.Address)
		case r.Bytes < 0 || r.Bytes >= diff.MaxSize || len(r.Reasons) == 0:
			return fmt.Errorf("%q has an invalid size, or no reason", r.Address)
		}
		seen[r.Address] = true
	}
	return nil
}
