package main

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/files"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/listing"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state/config"
)

// planOver makes a plan from a saved inventory, at the time and in the time zone in
// which it was listed. It opens no place, and needs no secret.
func planOver(ctx context.Context, env *session.Env, path string, spec *config.Spec, options diff.Options) (session.Planned, error) {
	const summary = "The inventory cannot be used"
	planned := session.Planned{World: &session.World{}}
	at, err := env.Moment()
	if err != nil {
		return planned, err
	}
	doc, err := readListing(path)
	if err != nil {
		return planned, failure.New(summary, fmt.Errorf("%s: %w", path, err))
	}
	if planned.World.Inventories, err = doc.Inventories(spec); err != nil {
		return planned, failure.New(summary, failure.Hinted(fmt.Errorf("%s: %w", path, err), listing.SaveHint))
	}
	if !at.Set {
		at.Now = doc.Now.In(at.Now.Location())
	}
	if doc.Zone != nil {
		where, err := doc.Zone.Location()
		if err != nil {
			return planned, failure.New(summary, failure.Hinted(fmt.Errorf("%s: %w", path, err), listing.SaveHint))
		}
		at.Now = at.Now.In(where)
	}
	options.Inventory = doc.Now.UTC()
	planned.Input = diff.Input{Spec: spec, Inventories: planned.World.Inventories, Now: at.Now, Clock: at.Name(), Options: options}
	planned.Plan, err = session.Proven(ctx, planned.Input, planned.World)
	return planned, failure.New("Planning failed", err)
}

func readListing(path string) (listing.Document, error) {
	f, err := files.Open(path)
	if err != nil {
		return listing.Document{}, err
	}
	defer f.Close()
	return listing.Read(f)
}
