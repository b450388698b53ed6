package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// work is one thing to compare.
type work struct {
	name     string // as -work has it
	title    func(j job) string
	filled   bool // the destination holds the source before the run
	spared   int  // sets of each VM that the work leaves alone
	programs []program
	check    func(j job, printed []byte) error // whether the run did it
}

const (
	large  = "large"
	small  = "small"
	plan   = "plan"
	remove = "delete"
	back   = "restore"
	proof  = "verify"
	costs  = "costs" // small, plan and delete, counted only
)

var workNames = []string{large, small, plan, remove, back, proof, costs, scale}

// worksOf are all that can be timed, with those programs.
func worksOf(t peers) map[string]work {
	return map[string]work{
		large:  largeWork(t),
		small:  smallWork(t),
		plan:   planWork(t),
		remove: deleteWork(t),
		back:   restoreWork(t),
		proof:  verifyWork(t),
	}
}

func largeWork(t peers) work {
	peers := []program{t.curlFile(), t.ncftpFile(), t.lftpFile(), t.rcloneFile(), t.sha256sum(), t.curlFile().then(t.sha256sum(), "curl -T, then sha256sum")}
	return work{
		name:     large,
		title:    func(j job) string { return "upload of one file of " + bytesText(j.size) },
		programs: append(t.ours("apply", "-auto-approve", "-quiet"), peers...),
		check:    uploaded,
	}
}

func smallWork(t peers) work {
	return work{
		name: small,
		title: func(j job) string {
			return fmt.Sprintf("upload of %d files of %s in %s of %s, %s", j.allFiles(), bytesText(j.size), plural(j.allSets(), "set"), plural(j.vms, "VM"), connections(j))
		},
		programs: append(t.ours("apply", "-auto-approve", "-quiet"), t.lftpTree(), t.rcloneTree(), t.curlTree(), t.ncftpTree()),
		check:    uploaded,
	}
}

func planWork(t peers) work {
	return work{
		name:   plan,
		filled: true,
		title: func(j job) string {
			return fmt.Sprintf("plan over %s with %d sets of %d files, %s", plural(j.vms, "VM"), j.sets, j.files, connections(j))
		},
		programs: append(t.ours("plan"), t.rcloneList(), t.lftpFind()),
		check:    listed,
	}
}

func deleteWork(t peers) work {
	return work{
		name:   remove,
		filled: true,
		spared: 1,
		title: func(j job) string {
			return fmt.Sprintf("delete of %s of %d files, %s", plural(len(j.superseded()), "set"), j.files, connections(j))
		},
		programs: append(t.ours("apply", "-auto-approve", "-quiet", "-allow-shrink"), t.lftpRemove(), t.rcloneDelete()),
		check:    deleted,
	}
}

// restoreWork brings one file back, proven: the other programs do the same with sha256sum
// after them.
func restoreWork(t peers) work {
	w := work{
		name:   back,
		filled: true,
		title: func(j job) string {
			return "restore of one file of " + bytesText(j.size) + ", " + connections(j)
		},
		programs: t.oursOf("restore", func(j job) []string {
			return []string{"restore", "server/" + filepath.ToSlash(filepath.Dir(j.largest())), "-to=" + j.target}
		}),
		check: restored,
	}
	for _, p := range []program{t.curlGet(), t.lftpGet(), t.rcloneGet()} {
		w.programs = append(w.programs, p, p.then(t.sumOfTarget(), p.name+", then sha256sum"))
	}
	return w
}

// verifyWork reads every byte of one file and compares its sum. The other programs can do so
// only after a download.
func verifyWork(t peers) work {
	w := work{
		name:   proof,
		filled: true,
		title: func(j job) string {
			return "verification of one file of " + bytesText(j.size) + ", " + connections(j)
		},
		programs: t.ours("verify"),
		check:    verified,
	}
	for _, p := range []program{t.curlGet(), t.lftpGet(), t.rcloneGet()} {
		both := p.then(t.sumOfTarget(), p.name+", then sha256sum")
		both.aside = false // it is the whole work
		w.programs = append(w.programs, both)
	}
	return w
}

func connections(j job) string { return plural(j.connections, "connection") }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// uploaded compares names and sizes of the source with the files on the server's disk.
func uploaded(j job, _ []byte) error {
	for _, vm := range j.folders {
		for _, set := range vm {
			for _, file := range j.filesOf(set) {
				info, err := os.Stat(j.onDisk(file))
				if err != nil {
					return err
				}
				if info.Size() != j.size {
					return fmt.Errorf("%s has %d bytes on the server, want %d", file, info.Size(), j.size)
				}
			}
		}
	}
	return nil
}

// verified holds that vmxsync has read all sets, or that the file was downloaded.
func verified(j job, printed []byte) error {
	if bytes.Contains(printed, []byte("Verify complete!")) {
		return nil
	}
	return restored(j, printed)
}

// restored compares the file below the target with that of the source.
func restored(j job, _ []byte) error {
	want, err := sumOfFile(filepath.Join(j.source, j.largest()))
	if err != nil {
		return err
	}
	got, err := sumOfFile(filepath.Join(j.target, j.largest()))
	if err == nil && got != want {
		err = fmt.Errorf("%s has other bytes than the source", j.largest())
	}
	return err
}

func sumOfFile(p string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(p)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), err
}

// listed holds that a plan found all sets, or that a listing has a line for each file.
func listed(j job, printed []byte) error {
	if bytes.HasPrefix(printed, []byte("No changes.")) {
		return nil
	}
	if n := bytes.Count(printed, []byte(".vmdk\n")); n != j.allFiles() {
		return fmt.Errorf("%d files in the output, want %d", n, j.allFiles())
	}
	return nil
}

// deleted holds that the newest sets are left, and no other.
func deleted(j job, _ []byte) error {
	for _, set := range j.superseded() {
		if _, err := os.Stat(j.onDisk(set)); !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s is still on the server", set)
		}
	}
	for _, set := range j.kept() {
		found, err := filepath.Glob(filepath.Join(j.onDisk(set), "*.vmdk"))
		if err != nil || len(found) != j.files {
			return fmt.Errorf("%s has %d files on the server, want %d", set, len(found), j.files)
		}
	}
	return nil
}
