package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/scripts/bench/process"
)

// copier is a program that puts the source where it belongs without a server.
func copier(name string) program {
	return program{name: name, does: func(j job) ([]process.Command, error) {
		return []process.Command{{Argv: []string{"/bin/cp", "-a", j.source + "/.", j.server.Root}}}, nil
	}}
}

var few = shape{vms: 1, sets: 2, files: 3, size: 100}

func newBench(t *testing.T) (*bench, setting) {
	t.Helper()
	if _, err := exec.LookPath("/bin/cp"); err != nil {
		t.Skip(err)
	}
	b := &bench{home: t.TempDir(), data: t.TempDir(), cache: t.TempDir(), last: newest(), progress: t.Logf}
	b.runs = 2
	return b, setting{server: ftptest.New(t, ftptest.Options{}), connections: 1}
}

func TestCompare_runsAllInTurn(t *testing.T) {
	b, at := newBench(t)
	var turns []string
	recorded := func(p program) program {
		does := p.does
		p.does = func(j job) ([]process.Command, error) { turns = append(turns, p.name); return does(j) }
		return p
	}
	idle := program{name: "idle", does: func(job) ([]process.Command, error) { return []process.Command{{Argv: []string{"/bin/true"}}}, nil }}
	refused := program{name: "refused", refuse: func(job) error { return errors.New("no TLS") }}
	w := smallWork(peers{b.tools})
	w.programs = []program{recorded(copier("a")), recorded(copier("b")), idle, refused}
	c, err := b.compare(context.Background(), w, few, at)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(turns, ""); got != "ababab" {
		t.Errorf("turns %q, want ababab: one to count, two to time", got)
	}
	for _, r := range c.results[:2] {
		if r.err != nil || len(r.runs) != 2 || !r.counts.seen || r.counts.total() != 0 {
			t.Errorf("%s: %+v", r.program.name, r)
		}
	}
	if c.results[2].err == nil {
		t.Error("a program that uploads nothing has figures")
	}
	if err := c.results[3].err; err == nil || err.Error() != "no TLS" {
		t.Errorf("refused program: %v", err)
	}
}

func TestCompare_runsOnlyWhatIsAskedFor(t *testing.T) {
	b, at := newBench(t)
	b.programs = []string{"b"}
	w := smallWork(peers{b.tools})
	w.programs = []program{copier("a"), copier("b 1")}
	c, err := b.compare(context.Background(), w, few, at)
	if err != nil || len(c.results) != 1 || c.results[0].program.name != "b 1" {
		t.Errorf("%v, %+v", err, c.results)
	}
}

func TestSettings_areAllOfAWork(t *testing.T) {
	b := &bench{}
	b.latencies, b.rates, b.connections = []time.Duration{0, time.Second}, []int64{0, 20 << 20}, []int{1, 4}
	if n := len(b.settings(work{name: back}, nil)); n != 8 {
		t.Errorf("%d settings of a restore, want 8", n)
	}
	if n := len(b.settings(work{name: large}, nil)); n != 4 {
		t.Errorf("%d settings of one upload, want 4", n)
	}
}

// TestRestored_comparesTheBytes: a file that is there, with other bytes, is no restore.
func TestRestored_comparesTheBytes(t *testing.T) {
	b, at := newBench(t)
	one := shape{vms: 1, sets: 1, files: 1, size: 100}
	j, err := b.job(work{name: back}, one, at)
	if err != nil {
		t.Fatal(err)
	}
	if restored(j, nil) == nil {
		t.Error("nothing is there, and it is a restore")
	}
	if err := clone(t.Context(), j.source, j.target); err != nil {
		t.Fatal(err)
	}
	if err := restored(j, nil); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(j.target, j.largest()), make([]byte, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	if restored(j, nil) == nil {
		t.Error("it has other bytes, and is a restore")
	}
}
