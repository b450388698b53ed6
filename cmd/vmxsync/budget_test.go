package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// What a destination may be asked, in commands.
const (
	mostPerFileSent   = 2
	mostPerSetSent    = 14
	mostPerSetDeleted = 8 // and one for each of its files, the manifest among them
	mostPerSetPlanned = 1
)

// once is what a server may be asked once, in commands: by the apply of a plan that sends
// sets of a VM, by one that deletes sets, and by a plan that finds no changes, with one VM
// more; and by the first plan and apply at an empty root.
type once struct{ sent, deleted, planned, first float64 }

// mostByStatus is what status asks beside a plan and the manifests, of two commands each: a
// listing of the work folder shows that nothing was ever proven there.
const mostByStatus = 1

var mostOnce = map[string]once{
	"vsftpd":    {47, 53.5, 29, 93},
	"proftpd":   {49, 55.5, 26, 90},
	"pure-ftpd": {50, 56.5, 27, 91},
	"pyftpdlib": {50, 56.5, 27, 91},
}

const budgetConfig = `
source "local" "esxi" {
  path   = "src"
  settle = "0s"
}
destination "ftp" "nas" {
  host        = "%s"
  port        = %d
  username    = "%s"
  root        = "%s"
  password    = env("NAS_PASSWORD")
  connections = 1
  tls {
    mode = "off"
  }
}
retention "standard" {
  keep_last = %d
}
backup "default" {
  source       = source.local.esxi
  destinations = [destination.ftp.nas]
  retention    = retention.standard
}
guard {
  max_shrink_percent = 100
}
`

// TestApply_commandsPerSetAndFile counts what an apply and a plan send to a server for
// trees of different shapes, and solves for what one more set and one more file cost, and
// for what is asked once.
func TestApply_commandsPerSetAndFile(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		most, known := mostOnce[real.Name]
		if !known {
			continue
		}
		t.Run(real.Name, func(t *testing.T) {
			few := costs(t, real.Name, 4, 4)
			sets := costs(t, real.Name, 8, 4)
			files := costs(t, real.Name, 4, 12)
			perFile := (files.sent - few.sent) / (4 * 8)
			perSet := (sets.sent-few.sent)/4 - 4*perFile
			gonePerFile := (files.deleted - few.deleted) / (3 * 8)
			gonePerSet := (sets.deleted-few.deleted)/4 - 5*gonePerFile
			plannedPerSet := (sets.planned - few.planned) / 4
			is := once{few.sent - 4*perSet - 16*perFile, few.deleted - 3*gonePerSet - 15*gonePerFile, few.planned - 5*plannedPerSet, few.first - perSet - 20*perFile}
			t.Logf("sent: %.2f per set, %.2f per file; deleted: %.2f per set, %.2f per file; planned: %.2f per set; once: %+v", perSet, perFile, gonePerSet, gonePerFile, plannedPerSet, is)
			if perFile > mostPerFileSent || perSet > mostPerSetSent {
				t.Errorf("%.2f commands per set sent and %.2f per file, want at most %d and %d", perSet, perFile, mostPerSetSent, mostPerFileSent)
			}
			if gonePerFile > 1 || gonePerSet > mostPerSetDeleted {
				t.Errorf("%.2f commands per set deleted and %.2f per file, want at most %d and 1", gonePerSet, gonePerFile, mostPerSetDeleted)
			}
			if plannedPerSet > mostPerSetPlanned {
				t.Errorf("%.2f commands per set planned, want at most %d", plannedPerSet, mostPerSetPlanned)
			}
			if is.sent > most.sent || is.deleted > most.deleted || is.planned > most.planned || is.first > most.first {
				t.Errorf("once: %+v, want at most %+v", is, most)
			}
		})
	}
}

// costs are the commands of the apply of a plan that sends sets of a VM, of one that
// deletes all of them but one, and of a plan between them that finds no changes; and before
// them of the first plan and apply, of one set with 20 files.
func costs(t *testing.T, server string, sets, files int) once {
	t.Helper()
	srv := ftptest.NewReal(t, server, ftptest.RealOptions{})
	relay, err := ftptest.NewRelay(srv, ftptest.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	t.Chdir(t.TempDir())
	budgetSets(t, "warm", 1, 20) // what is asked once, for any number of sets
	configure := func(keep int) {
		if err := os.WriteFile("vmxsync.hcl", fmt.Appendf(nil, budgetConfig, relay.Host, relay.Port, srv.User, srv.Path, keep), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	count := func(args ...string) float64 {
		relay.Forget()
		runBudget(t, srv.Password, args...)
		n := 0
		for c := range maps.Values(relay.Commands()) {
			n += c
		}
		return float64(n)
	}
	apply := func() float64 {
		runBudget(t, srv.Password, "plan", "-out=plan.out")
		return count("apply", "plan.out")
	}
	configure(sets)
	var took once
	took.first = count("plan", "-out=plan.out") + count("apply", "plan.out")
	budgetSets(t, "web01", sets, files)
	took.sent = apply()
	took.planned = count("plan")
	if more := count("status") - took.planned - 2*float64(sets+1); more > mostByStatus {
		t.Errorf("%.0f commands of status beside those of a plan and of manifests, want at most %d", more, mostByStatus)
	}
	configure(1)
	took.deleted = apply()
	return took
}

func budgetSets(t *testing.T, vm string, sets, files int) {
	t.Helper()
	for day := 1; day <= sets; day++ {
		at := time.Date(2026, 11, day, 1, 0, 0, 0, time.UTC)
		dir := filepath.Join("src", vm, at.Format("2006-01-02-150405"))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range files {
			p := filepath.Join(dir, fmt.Sprintf("disk%02d.vmdk", i))
			if err := os.WriteFile(p, bytes.Repeat([]byte{byte(day)}, 1000), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(p, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func runBudget(t *testing.T, password string, args ...string) {
	t.Helper()
	state, err := filepath.Abs("state")
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"NAS_PASSWORD": password, "XDG_STATE_HOME": state}
	var out, errs bytes.Buffer
	began := time.Now() // for good: what counts for a second counts on a slow machine, too
	p := &process{clock: func() time.Time { return began }, args: args, stdout: &out, stderr: &errs, env: func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}}
	if code := p.run(t.Context()); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
}
