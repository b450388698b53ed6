// Package state holds the nouns of vmxsync: values, and the small formats that
// it leaves at a destination.
//
// A Set is one backup of one VM at one time, and an Inventory is all that one place
// holds, as package read found it. A Key names a set, and a Layout maps keys to paths
// and back:
//
//	layout, err := state.ParseLayout("{vm}/%Y-%m-%d-%H%M%S")
//	key := state.Key{VM: "web01", Stamp: "2026-11-21-010000"}
//	layout.Path(key)                             // web01/2026-11-21-010000
//	layout.Key("web01/2026-11-21-010000")        // key, true
//	state.WorkDir(".vmxsync").StagedSet(key)     // .vmxsync/staging/web01~2026-11-21-010000/set
//
// The formats are the Manifest in each set, the Claim beside each staged one, the Proof
// of a copy that was read back, and the names in the work folder, WorkDir.
//
// What is wanted is in package config, and what asks a place in package read.
//
// Nothing here asks a place, and nothing decides what should happen.
package state
