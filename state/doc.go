// Package state holds the nouns of vmxsync: what is, and what is wanted.
//
// What is: a Set is one backup of one VM at one time, an Inventory is all that
// one place holds, read through a providers.Store. A disk and an FTP
// account give the same model by the same code.
//
// What is wanted: a Spec, decoded by package hclconfig from the user's files.
//
// And the small formats that vmxsync leaves at a destination: the Manifest in
// each set, the Claim beside each staged one, the owner of a root.
//
// Nothing here decides what should happen; package diff does.
package state
