package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/scripts/bench/process"
)

// ourFolder is that of vmxsync below the root of a destination.
const ourFolder = ".vmxsync"

// ours are the builds of vmxsync to measure, each carrying out one command.
func (t peers) ours(args ...string) []program {
	return t.oursOf(args[0], func(job) []string { return args })
}

// oursOf is ours for a command whose arguments depend on the job.
func (t peers) oursOf(verb string, args func(j job) []string) []program {
	var all []program
	for _, path := range t.Vmxsync {
		name := "vmxsync " + verb
		if len(t.Vmxsync) > 1 {
			name += " (" + path + ")"
		}
		all = append(all, program{name: name, ours: true, does: func(j job) ([]process.Command, error) {
			return []process.Command{vmxsyncCommand(path, j, args(j)...)}, writeConfig(j)
		}})
	}
	return all
}

func vmxsyncCommand(path string, j job, args ...string) process.Command {
	return process.Command{
		Argv: append([]string{path}, args...),
		Env:  []string{"XDG_STATE_HOME=" + filepath.Join(j.home, "state"), "VMXSYNC_BENCH_PASSWORD=" + j.server.Password},
	}
}

// writeConfig writes the configuration of a job, which keeps one set of each VM where the
// others are to be deleted.
func writeConfig(j job) error {
	keep := 100_000
	if j.work == "delete" {
		keep = 1
	}
	return os.WriteFile(filepath.Join(j.home, "vmxsync.hcl"), []byte(config(j, keep)), 0o600)
}

func config(j job, keep int) string {
	tls, idle := []string{`mode = "off"`}, ""
	if j.work == scale { // what resumes a killed apply waits that long before it publishes
		idle = "\n  timeouts {\n    io = \"5s\"\n  }"
	}
	if j.server.TLS != ftptest.Off {
		tls = []string{fmt.Sprintf("mode = %q", j.server.TLS), fmt.Sprintf("ca_file = %q", j.server.CAFile)}
	}
	return fmt.Sprintf(`vmxsync {
  name = "bench"
}

source "local" "backups" {
  path = %q
}

destination "ftp" "server" {
  host        = %q
  port        = %d
  username    = %q
  password    = env("VMXSYNC_BENCH_PASSWORD")
  root        = %q
  connections = %d
  tls {
    %s
  }%s
}

retention "all" {
  keep_last = %d
}

backup "default" {
  source       = source.local.backups
  destinations = [destination.ftp.server]
  retention    = retention.all
}
`, j.source, j.host, j.port, j.server.User, j.server.Path, j.connections, strings.Join(tls, "\n    "), idle, keep)
}
