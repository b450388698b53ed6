package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/scripts/bench/process"
)

// scale is the work that shows how what vmxsync takes grows: each of its commands is run
// once for n, 2n and 4n files, sets or changes.
const scale = "scale"

// growth is one thing that may become large.
type growth struct {
	name  string // as -grow has it, before the n
	noun  string // of what n counts
	shape func(n int) shape
	steps func(b scaling) []growthStep
}

// growthStep is one command, run after those before it.
type growthStep struct {
	title   string
	prepare func(b scaling, ctx context.Context, j job) error // nil: nothing is needed
	args    []string
	halfway func(j job) bool   // kills the command once this is so; nil: it runs to its end
	file    func(j job) string // whose size is of interest; nil: none
	quiet   bool               // it has no row in the table
}

// scaling is a comparison of vmxsync with itself.
type scaling struct{ *bench }

// growths are all of them.
var growths = []growth{
	{name: "files", noun: "file", shape: func(n int) shape { return shape{1, 1, n, planned} }, steps: scaling.filesSteps},
	{name: "sets", noun: "set", shape: func(n int) shape { return shape{1, n, 2, planned} }, steps: scaling.setsSteps},
	{name: "account", noun: "set", shape: func(n int) shape { return shape{max(n/20, 1), min(n, 20), 1, planned} }, steps: scaling.accountSteps},
	{name: "changes", noun: "change", shape: func(n int) shape { return shape{max(n/20, 1), min(n, 20), 1, planned} }, steps: scaling.changesSteps},
}

// filesSteps are those of one set of many files.
func (b scaling) filesSteps() []growthStep {
	apply := []string{"apply", "-auto-approve", "-quiet"}
	half := func(j job) bool { return staged(j) > j.files/2 }
	return []growthStep{
		{title: "apply of one set", prepare: scaling.nothingThere, args: apply},
		{title: "plan over it", args: []string{"plan"}},
		{title: "apply, killed half way", prepare: scaling.nothingThere, args: apply, halfway: half, quiet: true},
		{title: "apply that resumes it", args: apply},
		{title: "apply of a plan, killed half way", prepare: scaling.savedPlan, args: []string{"apply", "plan.out", "-quiet"}, halfway: half, quiet: true},
		{title: "apply of the plan again", args: []string{"apply", "plan.out", "-quiet"}},
		{title: "apply that deletes it", prepare: scaling.addNewer, args: append(apply, "-allow-shrink")},
	}
}

// setsSteps are those of one VM with many sets.
func (b scaling) setsSteps() []growthStep {
	return []growthStep{
		{title: "plan over all sets of a VM", prepare: scaling.everythingThere, args: []string{"plan"}},
		{title: "apply of one new set", prepare: scaling.lackNewest, args: []string{"apply", "-auto-approve", "-quiet"}},
		{title: "plan that deletes most of them", prepare: scaling.keepFew, args: []string{"plan", "-allow-shrink", "-summary"}},
		{title: "apply that deletes most of them", args: []string{"apply", "-auto-approve", "-quiet", "-allow-shrink"}},
	}
}

// accountSteps are those of many VMs with some sets each.
func (b scaling) accountSteps() []growthStep {
	return []growthStep{
		{title: "plan over an account", prepare: scaling.everythingThere, args: []string{"plan"}},
		{title: "list", args: []string{"list"}},
		{title: "status", args: []string{"status"}},
	}
}

// changesSteps are those of a plan with many changes.
func (b scaling) changesSteps() []growthStep {
	saved := func(j job) string { return filepath.Join(j.home, "plan.out") }
	return []growthStep{
		{title: "plan -out", prepare: scaling.nothingThere, args: []string{"plan", "-out=plan.out", "-summary"}, file: saved},
		{title: "show", args: []string{"show", "plan.out"}},
		{title: "show -json", args: []string{"show", "-json", "plan.out"}},
		{title: "apply -check", args: []string{"apply", "-check", "plan.out"}},
	}
}

// staged is how many files an upload has left so far.
func staged(j job) (n int) {
	filepath.WalkDir(filepath.Join(j.server.Root, ourFolder, "staging"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return nil
	})
	return n
}

// grown is what one command took at one size.
type grown struct {
	growth growth
	step   growthStep
	n      int
	usage  process.Usage
	size   int64 // of the file of the step, in bytes
	err    error
}

// grow runs the steps of a growth for one n.
func (b scaling) grow(ctx context.Context, g growth, n int, server *ftptest.Server) ([]grown, error) {
	w := work{name: scale}
	j, err := b.job(w, g.shape(n), setting{server: server, connections: b.connections[0]})
	if err != nil {
		return nil, err
	}
	j.home = filepath.Join(b.home, "program")
	var all []grown
	for _, s := range g.steps(b) {
		x := grown{growth: g, step: s, n: n}
		if s.prepare != nil {
			x.err = s.prepare(b, ctx, j)
		}
		if x.err == nil {
			x.usage, x.err = b.growStep(ctx, s, j)
		}
		if s.file != nil && x.err == nil {
			info, err := os.Stat(s.file(j))
			if x.err = err; err == nil {
				x.size = info.Size()
			}
		}
		b.progress("%s %d: %s: %s, %s%s", g.name, n, s.title, seconds(x.usage.Elapsed), bytesText(x.usage.Peak), problem(x.err))
		if !s.quiet {
			all = append(all, x)
		}
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
	}
	return all, errors.Join(empty(b.cache), os.RemoveAll(j.home))
}

func problem(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// growStep runs one command.
func (b scaling) growStep(ctx context.Context, s growthStep, j job) (process.Usage, error) {
	command := vmxsyncCommand(b.tools.Vmxsync[0], j, s.args...)
	if s.halfway == nil {
		u, printed, err := command.Run(ctx, j.home)
		if err != nil {
			b.progress("%s", printed[max(0, len(printed)-800):])
		}
		return u, err
	}
	killed, kill := context.WithCancel(ctx)
	defer kill()
	ended := make(chan struct{})
	go func() {
		for !s.halfway(j) {
			select {
			case <-ended:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
		kill()
	}()
	u, _, err := command.Run(killed, j.home)
	close(ended)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return u, errors.New("it ended before half of the work was done")
	case errors.As(err, &exit) && killed.Err() != nil && ctx.Err() == nil:
		return u, nil
	}
	return u, err
}

// growAll runs a growth for n, 2n and 4n.
func (b scaling) growAll(ctx context.Context, rep *report, server *ftptest.Server) error {
	for _, asked := range b.grows {
		for _, times := range []int{1, 2, 4} {
			rows, err := b.grow(ctx, asked.growth, times*asked.n, server)
			rep.grown = append(rep.grown, rows...)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// asked is a growth with its smallest n.
type asked struct {
	growth growth
	n      int
}

// parseGrowth reads NAME:N, as files:5000.
func parseGrowth(text string) (asked, error) {
	name, number, _ := strings.Cut(text, ":")
	n, err := parsePositive(number)
	if err != nil {
		return asked{}, fmt.Errorf("invalid growth %q: want NAME:N, as files:5000", text)
	}
	for _, g := range growths {
		if g.name == name {
			return asked{g, n}, nil
		}
	}
	return asked{}, fmt.Errorf("unknown growth %q: want files, sets, account or changes", name)
}

var grownHeader = []string{"command", "n", "time", "per item", "user + system", "peak memory", "file"}

// grownCells are the rows of the table of growths: a command with all its sizes.
func grownCells(all []grown) [][]string {
	var rows [][]string
	seen := map[string]bool{}
	for _, first := range all {
		key := first.growth.name + first.step.title
		if seen[key] {
			continue
		}
		seen[key] = true
		title := first.step.title
		for _, x := range all {
			if x.growth.name+x.step.title == key {
				rows = append(rows, x.cells(title))
				title = ""
			}
		}
	}
	return rows
}

func (x grown) cells(title string) []string {
	n := plural(x.n, x.growth.noun)
	if x.err != nil {
		return []string{title, n, "failed: " + oneLine(x.err), "–", "–", "–", "–"}
	}
	file := "–"
	if x.size > 0 {
		file = bytesText(x.size)
	}
	each := float64(x.usage.Elapsed.Microseconds()) / 1000 / float64(x.n)
	return []string{title, n, seconds(x.usage.Elapsed), fmt.Sprintf("%.2f ms", each),
		fmt.Sprintf("%.2f + %.2f s", x.usage.User.Seconds(), x.usage.System.Seconds()), bytesText(x.usage.Peak), file}
}
