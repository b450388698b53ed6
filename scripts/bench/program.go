package main

import (
	"path/filepath"
	"strings"

	"github.com/vmxsync/vmxsync/scripts/bench/process"
	"github.com/vmxsync/vmxsync/scripts/bench/tool"
)

// program is something that can do a job.
type program struct {
	name    string // as a row of the table has it
	does    func(j job) ([]process.Command, error)
	ours    bool
	aside   bool              // it does more or less than the work, and is no peer
	offline bool              // it does nothing that could be checked
	refuse  func(j job) error // why it cannot do this job, or nil; may be nil itself
}

// peers are the programs that do the works: ours, and the others that were found.
type peers struct{ tool.Found }

// peer makes a program of one fetched tool, of which build makes the arguments and the
// environment.
func (t peers) peer(name, tool string, build func(j job) (args, env []string, err error)) program {
	return program{name: name, does: func(j job) ([]process.Command, error) {
		path, err := t.Path(tool)
		if err != nil {
			return nil, err
		}
		args, env, err := build(j)
		return []process.Command{{Argv: append([]string{path}, args...), Env: append(env, t.Env...)}}, err
	}}
}

// then does the work of p, and then that of q.
func (p program) then(q program, name string) program {
	return program{name: name, aside: true, does: func(j job) ([]process.Command, error) {
		first, err := p.does(j)
		if err != nil {
			return nil, err
		}
		second, err := q.does(j)
		return append(first, second...), err
	}}
}

// sha256sum reads the source, and nothing else.
func (t peers) sha256sum() program {
	p := t.peer("sha256sum alone", "sha256sum", func(j job) ([]string, []string, error) {
		return []string{filepath.Join(j.source, j.largest())}, nil, nil
	})
	p.aside, p.offline = true, true
	return p
}

// sumOfTarget reads the file that was brought back.
func (t peers) sumOfTarget() program {
	return t.peer("sha256sum", "sha256sum", func(j job) ([]string, []string, error) {
		return []string{filepath.Join(j.target, j.largest())}, nil, nil
	})
}

// wants reports whether -only leaves the program.
func (o options) wants(name string) bool {
	for _, prefix := range o.programs {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return len(o.programs) == 0
}
