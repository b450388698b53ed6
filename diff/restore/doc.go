// Package restore decides which sets are brought back: from what a person asks for, and
// what the destinations hold, to a Plan.
//
//	a, err := restore.ParseAddress("nas/Bart/latest")
//	plan, err := restore.Compute(restore.Input{Addresses: []restore.Address{a}, Places: places, To: dir})
//	for _, s := range plan.Sets { s.Folder, s.Files, s.Origins }
//
// A plan is a value that survives in a file. It names each file of each set with its size
// and sum, and the places that hold the set, in the order in which they are asked.
//
// It is pure: nothing here asks a place, and no path of a plan leads out of its folder:
// CheckNames is the one gate for names from servers and manifests.
package restore
