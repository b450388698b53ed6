package listing

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Format is the format of the document.
const Format = "vmxsync.list/1"

// maxListing bounds what is read of a saved list, in bytes: some 2 million files.
const maxListing = 1 << 30

// SaveHint is how to make a list that can be read.
const SaveHint = "Save one with the same configuration: vmxsync list -all -json > FILE"

// Read reads a saved list.
func Read(f io.Reader) (doc Document, err error) {
	data, err := io.ReadAll(io.LimitReader(f, maxListing))
	if err != nil {
		return doc, err
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return doc, failure.Hinted(err, SaveHint)
	}
	if doc.Format != Format {
		return doc, failure.Hinted(fmt.Errorf("its format is %.40q, want %q", doc.Format, Format), SaveHint)
	}
	return doc, nil
}

// Inventories returns the inventories of all places of the configuration.
func (l Document) Inventories(spec *config.Spec) (map[string]state.Inventory, error) {
	found := map[string]state.Inventory{}
	for _, place := range l.Places {
		inv := state.Inventory{Place: place.Name}
		switch {
		case place.Error != "":
			inv.Err = errors.New(place.Error)
		case place.Inventory == nil:
			return nil, fmt.Errorf("%s was listed without -all, or with some of its VMs only", place.Name)
		default:
			inv = *place.Inventory
		}
		if err := checkInventory(inv); err != nil {
			return nil, fmt.Errorf("%s: %w", place.Name, err)
		}
		found[place.Name] = inv
	}
	var names []string
	for _, s := range spec.Sources {
		names = append(names, s.Name)
	}
	for _, d := range spec.Destinations {
		names = append(names, d.Name)
	}
	for _, name := range names {
		if _, ok := found[name]; !ok {
			return nil, fmt.Errorf("%s is not in it", name)
		}
	}
	return found, nil
}

// checkInventory checks what every reading of a place guarantees: valid keys in order, and the
// manifests and claims.
func checkInventory(inv state.Inventory) error {
	var keys []state.Key
	for _, s := range inv.Sets {
		if s.Marked && s.State == state.Complete && s.Manifest == nil {
			return fmt.Errorf("no manifest was read for %q", providers.Escape(s.Key.String()))
		}
		keys = append(keys, s.Key)
	}
	if !slices.IsSortedFunc(keys, state.Key.Compare) {
		return errors.New("its sets are not in order")
	}
	for _, s := range inv.Staged {
		if s.AtFinal() && s.Claim == nil {
			return fmt.Errorf("%q is at its final name without a claim", providers.Escape(s.Key.String()))
		}
		keys = append(keys, s.Key)
	}
	for _, t := range inv.Trash {
		keys = append(keys, t.Key)
	}
	for _, a := range inv.Asides {
		keys = append(keys, a.Key)
	}
	for _, k := range keys {
		if _, err := state.ParseStamp(string(k.Stamp)); err != nil || k.VM == "" || strings.Contains(k.VM, "/") {
			return fmt.Errorf("%q is not a set", providers.Escape(k.String()))
		}
	}
	return nil
}
