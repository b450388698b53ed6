package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/scripts/bench/process"
	"github.com/vmxsync/vmxsync/scripts/bench/tool"
)

// bench compares programs as its options ask for.
type bench struct {
	options
	tools    tool.Found
	home     string // temporary folder on a disk: programs, and what they write for themselves
	data     string // temporary folder in options.dir: the server's files, and below it
	cache    string // sources, and filled destinations, until the next shape
	last     time.Time
	progress func(format string, args ...any)
}

// setting is where a work is done.
type setting struct {
	server      *ftptest.Server
	latency     time.Duration
	rate        int // bytes per second of each data connection; 0: as fast as it goes
	connections int
}

// result is what one program took for a work.
type result struct {
	program program
	counts  counts
	runs    []process.Usage
	err     error // why it has no figures
}

// comparison is a work in one setting, by all programs.
type comparison struct {
	work    work
	job     job // without a home
	latency time.Duration
	rate    int
	results []result
}

// compare does a work with all programs, once counted and then in turn.
func (b *bench) compare(ctx context.Context, w work, s shape, at setting) (comparison, error) {
	j, err := b.job(w, s, at)
	if err != nil {
		return comparison{}, err
	}
	c := comparison{work: w, job: j, latency: at.latency, rate: at.rate, results: b.selected(w, j)}
	if err := b.countAll(ctx, w, j, c.results); err != nil {
		return c, err
	}
	j, closeRelay, err := delayedBy(at, j)
	if err != nil {
		return c, err
	}
	defer closeRelay()
	for i := range b.runs {
		b.progress("%s: %s: run %d of %d", j.server.Name, w.title(j), i+1, b.runs)
		for k := range c.results {
			r := &c.results[k]
			if r.err == nil {
				var u process.Usage
				u, r.err = b.once(ctx, w, r.program, j)
				r.runs = append(r.runs, u)
			}
		}
	}
	return c, ctx.Err()
}

// countAll has every program do the work once, through a faithful relay.
func (b *bench) countAll(ctx context.Context, w work, j job, results []result) error {
	b.progress("%s: %s: counting", j.server.Name, w.title(j))
	relay, err := ftptest.NewRelay(j.server, ftptest.Faults{})
	if err != nil {
		return err
	}
	defer relay.Close()
	j.place = through(j.server, relay)
	for k := range results {
		r := &results[k]
		if r.err != nil {
			continue
		}
		var u process.Usage
		u, r.err = b.onceAfter(ctx, w, r.program, j, relay.Forget)
		b.progress("  %s: %s", r.program.name, seconds(u.Elapsed))
		r.counts = countsOf(relay, j.server.TLS)
	}
	return ctx.Err()
}

// delayedBy is the job through a relay that delays, or straight to the server.
func delayedBy(at setting, j job) (delayedJob job, closeRelay func(), err error) {
	if at.latency == 0 && at.rate == 0 {
		return j, func() {}, nil
	}
	faults := delayed(at.latency)
	faults.Rate = at.rate
	relay, err := ftptest.NewRelay(j.server, faults)
	if err != nil {
		return j, nil, err
	}
	j.place = through(j.server, relay)
	return j, func() { relay.Close() }, nil
}

// selected are the programs of a work, with the reason for each that cannot do it.
func (b *bench) selected(w work, j job) []result {
	var all []result
	for _, p := range w.programs {
		if !b.wants(p.name) {
			continue
		}
		r := result{program: p}
		if p.refuse != nil {
			r.err = p.refuse(j)
		}
		all = append(all, r)
	}
	return all
}

// once prepares the destination, and has a program do the work.
func (b *bench) once(ctx context.Context, w work, p program, j job) (process.Usage, error) {
	return b.onceAfter(ctx, w, p, j, func() {})
}

// onceAfter calls ready when all is prepared.
func (b *bench) onceAfter(ctx context.Context, w work, p program, j job, ready func()) (process.Usage, error) {
	j.home = filepath.Join(b.home, "program")
	err := b.prepare(ctx, w, j)
	if err == nil && !p.ours {
		err = os.RemoveAll(j.onDisk(ourFolder)) // no peer has to list or delete it
	}
	if err != nil {
		return process.Usage{}, err
	}
	commands, err := p.does(j)
	if err != nil {
		return process.Usage{}, err
	}
	ready()
	u, printed, err := process.RunAll(ctx, j.home, commands)
	if err == nil && !p.offline {
		err = w.check(j, printed)
	}
	if err != nil {
		b.progress("%s: %v\n%s", p.name, err, printed[max(0, len(printed)-500):])
	}
	return u, err
}

// job makes a source, unless it is there.
func (b *bench) job(w work, s shape, at setting) (job, error) {
	j := job{
		place: direct(at.server), shape: s, work: w.name, folders: s.folders(b.last), connections: at.connections,
		source: filepath.Join(b.cache, fmt.Sprintf("source-%s-%d", s, s.size)),
		target: filepath.Join(b.data, "restored"),
	}
	if _, err := os.Stat(j.source); err == nil {
		return j, nil
	}
	b.progress("write %d files of %s", s.allFiles(), bytesText(s.size))
	return j, s.write(j.source, j.folders, b.last)
}

// prepare makes the destination what the work begins with: empty, or a copy of the source.
func (b *bench) prepare(ctx context.Context, w work, j job) error {
	if err := errors.Join(empty(j.server.Root), os.RemoveAll(j.home), os.RemoveAll(j.target), os.MkdirAll(j.home, 0o755), os.MkdirAll(j.target, 0o755)); err != nil || !w.filled {
		return err
	}
	saved := filepath.Join(b.cache, fmt.Sprintf("filled-%s-%s-%d", j.server.Name, j.shape, j.size))
	root, home := filepath.Join(saved, "root"), filepath.Join(saved, j.addr())
	err := b.restore(ctx, root, j.server.Root, j, func() { b.progress("fill the destination with %d sets", j.allSets()) })
	if err == nil {
		err = j.server.Adopt()
	}
	if err == nil {
		err = b.restore(ctx, home, j.home, j, func() {}) // what vmxsync remembers of this address
	}
	return err
}

// restore copies what was saved to where it belongs. The first time vmxsync has to make
// it, by an apply that uploads what the destination lacks.
func (b *bench) restore(ctx context.Context, saved, to string, j job, first func()) error {
	if _, err := os.Stat(saved); err == nil {
		return clone(ctx, saved, to)
	}
	first()
	uploads := j
	uploads.work, uploads.connections = small, 8
	if err := writeConfig(uploads); err != nil {
		return err
	}
	if _, _, err := vmxsyncCommand(b.tools.Vmxsync[0], uploads, "apply", "-auto-approve", "-quiet").Run(ctx, j.home); err != nil {
		return fmt.Errorf("fill the destination: %w", err)
	}
	return errors.Join(os.MkdirAll(saved, 0o755), clone(ctx, to, saved))
}

// clone copies what is in a folder, with its times, owners and modes.
func clone(ctx context.Context, from, to string) error {
	out, err := exec.CommandContext(ctx, "cp", "-a", from+"/.", to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("cp: %w: %s", err, tool.LastLine(out))
	}
	return nil
}
