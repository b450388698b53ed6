// Package files reads and replaces single files of the user: regular ones only, and
// completely or not at all.
//
//	f, err := files.Open("plan.out")
//	err = files.Replace("plan.out", doc, 0o600)
package files
