// Package readback proves what a place holds of a file by reading it to its end.
//
//	f := readback.File{Store: nas, Path: "web01/2026-11-21-010000/disk.vmdk", Want: manifestFile, Now: time.Now}
//	sum, joined, err := f.Sum(ctx)
//
// A reading that was cut, by a budget or by an interrupt, is continued by the next run
// behind what is recorded of it (state.FileProof). The package decides nothing: whether a
// sum that differs is a damage is up to the caller, who may read once more.
package readback
