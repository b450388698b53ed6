package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/wording"
)

// destination returns the destination of that name.
func destination(spec *config.Spec, name string) (config.Destination, error) {
	d, ok := spec.Destination(name)
	if ok {
		return d, nil
	}
	var names []string
	for _, d := range spec.Destinations {
		names = append(names, d.Name)
	}
	hint := "Declared: " + strings.Join(names, ", ") + "."
	if best := wording.Nearest(name, names); best != "" {
		hint = fmt.Sprintf("Did you mean %q? %s", best, hint)
	}
	return d, failure.Usage(fmt.Errorf("no destination is named %q", name), hint)
}

// inDocument replaces an error that is in a JSON document by its exit code.
func inDocument(err error) error {
	if err != nil {
		return failure.Failed
	}
	return nil
}

// unreadDestinations is the error for destinations that are not optional and could
// not be read.
func unreadDestinations(spec *config.Spec, inventories map[string]state.Inventory) error {
	var errs []error
	for _, d := range spec.Destinations {
		if err := inventories[d.Name].Err; err != nil && !diff.IsAbsent(d, err) {
			errs = append(errs, failure.Hinted(fmt.Errorf("destination %q: %w", d.Name, err), providers.Hint(err)))
		}
	}
	return errors.Join(errs...)
}
