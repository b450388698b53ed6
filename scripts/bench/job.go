package main

import "path/filepath"

// job is what a program has to do in one run, and where.
type job struct {
	place
	shape
	work        string     // one of the names in works
	source      string     // folder of the sets
	folders     [][]string // the sets below it, by VM and from the oldest
	target      string     // folder that sets are brought back to, empty before the run
	connections int
	home        string // of the program: its working directory, empty before the run but for what a filled destination needs
}

// largest is the path of the first file of the first set, below the source.
func (j job) largest() string { return filepath.Join(j.folders[0][0], fileName(0)) }

// superseded are the sets that the work "delete" deletes: all but the newest of each VM.
func (j job) superseded() []string {
	var all []string
	for _, vm := range j.folders {
		all = append(all, vm[:len(vm)-1]...)
	}
	return all
}

// kept are the newest sets of all VMs.
func (j job) kept() []string {
	var all []string
	for _, vm := range j.folders {
		all = append(all, vm[len(vm)-1])
	}
	return all
}

// filesOf are the paths of the files of a set, below the source.
func (j job) filesOf(set string) []string {
	var all []string
	for i := range j.files {
		all = append(all, filepath.Join(set, fileName(i)))
	}
	return all
}

// vmNames are the names of the VMs.
func (j job) vmNames() []string {
	var all []string
	for _, vm := range j.folders {
		all = append(all, filepath.Dir(vm[0]))
	}
	return all
}

// onDisk is a path below the root as this machine sees it.
func (j job) onDisk(path string) string { return filepath.Join(j.server.Root, path) }
