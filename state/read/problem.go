package read

import (
	"context"
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// understood is the part of a listing that is there for certain, for callers that
// conclude nothing from what is missing.
func understood(files []providers.File, err error) ([]providers.File, error) {
	if partial, ok := errors.AsType[*providers.PartialListing](err); ok {
		return partial.Files, nil
	}
	return files, err
}

// NotWholeError is the reason why what is missing in a group may be there.
type NotWholeError struct{ Why string }

func (e *NotWholeError) Error() string { return e.Why }

// reason is an error with its way out, if it has one, to be ended by a full
// stop.
func reason(err error) string {
	if hint := providers.Hint(err); hint != "" {
		return err.Error() + ". " + strings.TrimSuffix(hint, ".")
	}
	return err.Error()
}

// gone reports whether the place itself is lost, and not one folder of it.
func gone(err error) bool {
	return errors.Is(err, providers.ErrUnreachable) || errors.Is(err, providers.ErrLogin) || errors.Is(err, context.Canceled)
}

// unread makes the VM unknown of which one folder could not be read; it returns
// the error where that is more than one folder's.
func unread(inv *state.Inventory, vm string, err error) error {
	if gone(err) {
		return err
	}
	inv.UnknownVMs[vm] = reason(err)
	return nil
}

// inPart notes of all VMs that a folder of ours was listed in part.
func inPart(inv *state.Inventory, err error) error {
	partial, ok := errors.AsType[*NotWholeError](err)
	if !ok {
		return err
	}
	if inv.NotWhole == nil {
		inv.NotWhole = map[string]string{}
	}
	inv.NotWhole[state.AnyVM] = partial.Why
	return nil
}
