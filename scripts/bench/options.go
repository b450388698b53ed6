package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/scripts/bench/machine"
	"github.com/vmxsync/vmxsync/scripts/bench/page"
)

// options are what a person asks for. Each list is a dimension of the comparison.
type options struct {
	works       []string
	servers     []string
	tls         []ftptest.TLS
	latencies   []time.Duration
	rates       []int64 // bytes per second of each data connection; 0: as fast as it goes
	connections []int
	programs    []string // prefixes of names; empty: all
	builds      []string // of vmxsync, paths; empty: that of this checkout

	shapes map[string][]shape // of the source, by work
	grows  []asked            // of the work scale
	runs   int
	dir    string
	verbs  bool
	into   page.Page // empty: stdout
}

// parse reads the arguments. What -quick sets can be set otherwise after all.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var smalls, plans, removes []shape
	var sizes []int64
	var fileSize int64
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	quick := f.Bool("quick", false, "small sizes and three runs: two minutes")
	list(f, "work", "large,small,plan,delete,restore,verify,costs", "what to compare", &o.works, oneOf(workNames))
	list(f, "server", "vsftpd", "real servers: "+strings.Join(serverNames(), ", "), &o.servers, oneOf(serverNames()))
	list(f, "tls", "off", "off, explicit, implicit", &o.tls, parseTLS)
	list(f, "latency", "0", "round trips, as 0,20ms,80ms, by a relay", &o.latencies, parseLatency)
	list(f, "rate", "0", "what the server gives each data connection in a second, as 0,20MiB, by a relay", &o.rates, parseRate)
	list(f, "connections", "8", "the maximum number of sessions", &o.connections, parsePositive)
	list(f, "only", "", "programs to run, by the beginning of their names, as vmxsync,lftp (default: all)", &o.programs, asIs)
	list(f, "vmxsync", "", "builds of vmxsync to compare (default: one of this checkout)", &o.builds, asIs)
	list(f, "size", "512MiB", "the size of the large file", &sizes, parseSize)
	list(f, "small", "4x5x51", "VMSxSETSxFILES of the work small", &smalls, parseShape)
	list(f, "delete", "4x6x51", "VMSxSETSxFILES of the work delete, which keeps one set of each VM", &removes, parseShape)
	list(f, "plan", "200x20x3", "VMSxSETSxFILES of the work plan", &plans, parseShape)
	list(f, "grow", "files:5000,sets:1250,account:25000,changes:25000", "NAME:N of the work scale, which does each for n, 2n and 4n", &o.grows, parseGrowth)
	one(f, "file-size", "16KiB", "the size of a small file", &fileSize, parseSize)
	one(f, "runs", "5", "timed runs of each program", &o.runs, parsePositive)
	one(f, "into", "", "FILE#SECTION of a page to write the report into, instead of printing it", &o.into, page.Parse)
	f.StringVar(&o.dir, "dir", machine.Memory(), "folder for the source and the server's files")
	f.BoolVar(&o.verbs, "verbs", false, "also print the number of commands of each verb")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if *quick {
		if err := setQuick(f); err != nil {
			return o, err
		}
	}
	o.shapes = map[string][]shape{small: ofSize(smalls, fileSize), remove: ofSize(removes, fileSize), plan: ofSize(plans, planned)}
	for _, size := range sizes {
		one := shape{vms: 1, sets: 1, files: 1, size: size}
		for _, name := range []string{large, back, proof} {
			o.shapes[name] = append(o.shapes[name], one)
		}
	}
	for _, s := range removes {
		if s.sets < 2 {
			return o, fmt.Errorf("-delete=%s leaves nothing to delete: want 2 sets at least", s)
		}
	}
	return o, nil
}

// planned is the size of the files of the work plan, in bytes: nobody reads them.
const planned = 1024

// ofSize are shapes with files of that size.
func ofSize(shapes []shape, size int64) []shape {
	var all []shape
	for _, s := range shapes {
		s.size = size
		all = append(all, s)
	}
	return all
}

// quickly is what -quick sets.
var quickly = map[string]string{"size": "64MiB", "small": "2x5x20", "delete": "2x6x20", "plan": "10x10x3", "runs": "3"}

func setQuick(f *flag.FlagSet) error {
	given := map[string]bool{}
	f.Visit(func(x *flag.Flag) { given[x.Name] = true })
	for name, value := range quickly {
		if given[name] {
			continue
		}
		if err := f.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// list defines a flag with values separated by commas.
func list[T any](f *flag.FlagSet, name, value, usage string, to *[]T, read func(string) (T, error)) {
	one(f, name, value, usage, to, func(text string) ([]T, error) {
		var all []T
		for part := range strings.SplitSeq(text, ",") {
			if part == "" {
				continue
			}
			v, err := read(part)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		return all, nil
	})
}

// one defines a flag that read understands.
func one[T any](f *flag.FlagSet, name, value, usage string, to *T, read func(string) (T, error)) {
	set := func(text string) error {
		v, err := read(text)
		if err == nil {
			*to = v
		}
		return err
	}
	if err := set(value); err != nil {
		panic(err) // the default is a constant
	}
	if value != "" {
		usage += " (default " + value + ")"
	}
	f.Func(name, usage, set)
}

func asIs(text string) (string, error) { return text, nil }

func oneOf(known []string) func(string) (string, error) {
	return func(text string) (string, error) {
		if !slices.Contains(known, text) {
			return "", fmt.Errorf("unknown: want %s", strings.Join(known, ", "))
		}
		return text, nil
	}
}

func serverNames() []string {
	var all []string
	for _, r := range ftptest.Real() {
		all = append(all, r.Name)
	}
	return all
}

func parseTLS(text string) (ftptest.TLS, error) {
	switch text {
	case "off":
		return ftptest.Off, nil
	case string(ftptest.Explicit), string(ftptest.Implicit):
		return ftptest.TLS(text), nil
	}
	return "", fmt.Errorf("invalid mode: want off, explicit or implicit")
}

func parseLatency(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = fmt.Errorf("invalid latency %s: want 0 or more", text)
	}
	return d, err
}

func parseRate(text string) (int64, error) {
	if text == "0" {
		return 0, nil
	}
	return parseSize(text)
}

func parsePositive(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err == nil && n < 1 {
		err = fmt.Errorf("invalid number %d: want 1 or more", n)
	}
	return n, err
}

var units = []struct {
	name string
	size int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// parseSize reads a whole number with a unit, as 512MiB.
func parseSize(text string) (int64, error) {
	for _, u := range units {
		digits, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 1 || n > 1<<40/u.size {
			break
		}
		return n * u.size, nil
	}
	return 0, fmt.Errorf("invalid size %q: want a number with B, KiB, MiB or GiB", text)
}

// bytesText is a size in the largest unit that fits: "16 KiB", "18.5 MiB".
func bytesText(n int64) string {
	for _, u := range units {
		if n >= u.size {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(u.size)), ".0") + " " + u.name
		}
	}
	return "0 B"
}
