package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/scripts/bench/machine"
	"github.com/vmxsync/vmxsync/scripts/bench/page"
	"github.com/vmxsync/vmxsync/scripts/bench/tool"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run prints the tables to stdout, or writes them into a page, when all is done, and
// progress to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	checkout, err := findCheckout()
	if err == nil {
		err = o.into.Check()
	}
	if err != nil {
		return err
	}
	b := &bench{options: o, last: newest(), progress: func(format string, args ...any) {
		fmt.Fprintf(stderr, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
	}}
	if err := b.makeFolders(); err != nil {
		return err
	}
	defer b.removeFolders()
	if err := b.fetch(ctx, checkout); err != nil {
		return err
	}
	rep := report{command: repeat(args), before: machine.Load()}
	if err := b.runAll(ctx, &rep); err != nil {
		return err
	}
	rep.after = machine.Load()
	var text strings.Builder
	rep.write(&text, b, checkout)
	if b.into != (page.Page{}) {
		return b.into.Write(text.String())
	}
	_, err = io.WriteString(stdout, text.String())
	return err
}

// repeat is the command that does the same again, wherever its report went.
func repeat(args []string) string {
	parts := []string{"go run ./scripts/bench"}
	for _, arg := range args {
		if !strings.HasPrefix(strings.TrimLeft(arg, "-"), "into=") {
			parts = append(parts, arg)
		}
	}
	return strings.Join(parts, " ")
}

// findCheckout is the nearest folder upwards that holds go.mod.
func findCheckout() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("run it in a checkout: there is no go.mod here or above")
		}
	}
	return "", err
}

func (b *bench) makeFolders() error {
	var err error
	if b.home, err = os.MkdirTemp("", "vmxsync-bench-"); err != nil {
		return err
	}
	b.data, err = os.MkdirTemp(b.dir, "vmxsync-bench-")
	if err == nil {
		b.cache = filepath.Join(b.data, "cache")
		err = errors.Join(os.Chmod(b.data, 0o755), os.Mkdir(b.cache, 0o700)) // a server may have an account of its own
	}
	if err != nil {
		b.removeFolders()
	}
	return err
}

func (b *bench) removeFolders() {
	os.RemoveAll(b.home)
	if b.data != "" {
		os.RemoveAll(b.data)
	}
}

// fetch finds the servers and programs, and builds vmxsync unless builds are given.
func (b *bench) fetch(ctx context.Context, checkout string) error {
	b.progress("fetch the servers and programs")
	if err := tool.FetchServers(ctx, checkout); err != nil {
		b.progress("%v", err) // those that are there can be used
	}
	b.tools = tool.Find(ctx, checkout)
	b.tools.Vmxsync = b.builds
	if len(b.tools.Vmxsync) > 0 {
		return nil
	}
	own := filepath.Join(b.home, "vmxsync")
	b.tools.Vmxsync = []string{own}
	return tool.Build(ctx, checkout, own)
}

// runAll adds to the report what there is to compare.
func (b *bench) runAll(ctx context.Context, rep *report) error {
	for _, name := range b.servers {
		for _, tls := range b.tls {
			err := b.runOn(ctx, rep, name, tls)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				rep.failed = append(rep.failed, fmt.Sprintf("%s: not available: %s", name, oneLine(err)))
			}
		}
	}
	return nil
}

// runOn runs all works on one server.
func (b *bench) runOn(ctx context.Context, rep *report, name string, tls ftptest.TLS) error {
	server, err := startServer(name, tls, b.data)
	if err != nil {
		return err
	}
	defer server.Close()
	for _, w := range b.options.works {
		if w == scale {
			if err := (scaling{b}).growAll(ctx, rep, server); err != nil {
				return err
			}
			continue
		}
		if w == costs {
			if err := b.addCosts(ctx, rep, setting{server: server}); err != nil {
				return err
			}
			continue
		}
		if err := b.addWork(ctx, rep, worksOf(peers{b.tools})[w], server); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) addCosts(ctx context.Context, rep *report, at setting) error {
	if at.server.TLS != ftptest.Off {
		return nil // nothing can be counted
	}
	rows, err := b.costsOn(ctx, at)
	rep.costs = append(rep.costs, rows...)
	return err
}

// settings are those of a work on a server: each latency, rate and number of connections. The
// upload of one file takes only one connection.
func (b *bench) settings(w work, server *ftptest.Server) (all []setting) {
	connections := b.connections
	if w.name == large {
		connections = connections[:1]
	}
	for _, latency := range b.latencies {
		for _, rate := range b.rates {
			for _, n := range connections {
				all = append(all, setting{server, latency, int(rate), n})
			}
		}
	}
	return all
}

// addWork compares a work for each shape and setting.
func (b *bench) addWork(ctx context.Context, rep *report, w work, server *ftptest.Server) error {
	for _, s := range b.shapes[w.name] {
		for _, at := range b.settings(w, server) {
			c, err := b.compare(ctx, w, s, at)
			if err != nil {
				return err
			}
			rep.comparisons = append(rep.comparisons, c)
		}
		if err := empty(b.cache); err != nil {
			return err
		}
	}
	return nil
}
