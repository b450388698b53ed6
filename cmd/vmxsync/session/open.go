package session

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
)

// Open opens one place of that name, which goes into errors.
func (e *Env) Open(ctx context.Context, name, kind string, settings providers.Settings, secrets providers.Secrets) (providers.Store, error) {
	d, err := e.driver(kind)
	if err != nil {
		return nil, err
	}
	if err := checkSettings(settings); err != nil {
		return nil, err
	}
	store, err := d.Open(e.noticing(e.traced(ctx, name), name), settings, secrets)
	if err != nil {
		return nil, err
	}
	return store, nil
}

func (e *Env) driver(kind string) (providers.Driver, error) {
	for _, d := range e.Drivers {
		if d.Type == kind {
			return d, nil
		}
	}
	return providers.Driver{}, fmt.Errorf("this version has no driver for places of type %q", kind)
}

// checkSettings matters for settings from a plan file; those of a configuration have
// been checked when it was loaded.
func checkSettings(settings providers.Settings) error {
	for _, problem := range settings.Check() {
		if !problem.Warning {
			return fmt.Errorf("%s: %s", problem.Attribute, problem.Detail)
		}
	}
	return nil
}
