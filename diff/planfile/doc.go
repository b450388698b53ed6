// Package planfile writes a plan into a file and reads it again.
//
//	doc, err := planfile.Seal(plan, planfile.Envelope{RunID: run, ...}, key)
//	saved, err := planfile.Open(doc, key) // saved.Plan is proven
//
// The file is one canonical JSON document with a digest and, where a key is given, an
// HMAC. It holds the changes and what they follow from, and no steps: diff.Expand derives
// these, so that no file can lead one elsewhere.
//
// A plan file is data from outside. Open reads any bytes without harm, and refuses what is
// damaged, signed with another key, or of another format, and then each plan that asks for
// what no plan may ask for: one file checks each part of a plan (check_change.go,
// check_prune.go, check_guard.go, ...). It judges nothing that an apply asks the places about.
//
// WithSteps is the same document for people and scripts, with the steps.
package planfile
