package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// kills is how often the nightly apply is killed on each server: 15 times in total,
// 100 times with VMXSYNC_SOAK.
func kills() int {
	if os.Getenv("VMXSYNC_SOAK") != "" {
		return 20
	}
	return 3
}

// TestServers_killedAnywhere kills an apply with -9 on every real server, after any of
// its events, continues with the same plan or with a fresh one, and checks the disk of
// the server after each: a set with a manifest at its final name is whole, and there
// are never fewer sets than min_keep.
func TestServers_killedAnywhere(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			n := newNights(t, server)
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			random := rand.New(rand.NewPCG(seed, 0))
			for range kills() {
				n.night(random)
			}
		})
	}
}

// nights are applies of one configuration. Each uploads a new set of two VMs and
// deletes one of each.
type nights struct {
	*program
	server  *ftptest.Server
	archive archive
	day     int
}

var killedVMs = []string{"Bart", "Lisa"}

func newNights(t *testing.T, server *ftptest.Server) *nights {
	n := &nights{program: newProgram(t, "NAS_PASSWORD="+server.Password), server: server, archive: archive{}}
	n.write("vmxsync.hcl", fmt.Sprintf(`
source "local" "esxi" {
  path   = "src"
  settle = "0s"
}
destination "ftp" "nas" {
  host     = %q
  port     = %d
  username = %q
  password = env("NAS_PASSWORD")
  root     = %q
  %s
  timeouts { io = "1s" }
}
retention "standard" {
  keep_last   = 2
  keep_oldest = false
}
backup "default" {
  source       = source.local.esxi
  destinations = [destination.ftp.nas]
  retention    = retention.standard
}
`, server.Host, server.Port, server.User, server.Path, tlsOf(server)))
	n.newSets()
	n.newSets()
	n.must(0, "apply", "-auto-approve")
	return n
}

// newSets makes a new set of each VM at the source.
func (n *nights) newSets() {
	n.day++
	for _, vm := range killedVMs {
		set := fmt.Sprintf("%s/2026-%02d-%02d-010000", vm, 1+n.day/28, 1+n.day%28)
		for name, size := range map[string]int64{"disk.vmdk": 300 << 10, "sub/machine.vmx": 400, "empty.log": 0} {
			if err := n.archive.add(n.file("src"), set, name, size); err != nil {
				n.t.Fatal(err)
			}
		}
	}
}

// night makes a plan, kills its apply, and then lets an apply complete.
func (n *nights) night(random *rand.Rand) {
	n.newSets()
	n.must(0, "plan", "-out=plan.out")
	events := n.killed(random.IntN(30), "apply", "-json", "plan.out")
	what := fmt.Sprintf("night %d, killed after %d events", n.day, events)
	n.checkDisk(what)
	if random.IntN(3) == 0 {
		n.must(0, "apply", "-auto-approve")
	} else if code, out := n.run("apply", "plan.out"); code != 0 && code != 4 || code == 4 && !strings.Contains(out, "already applied") {
		n.t.Fatalf("%s: the same plan ends with %d\n%s", what, code, out)
	}
	n.checkDisk(what + ", and continued")
	if code, out := n.run("plan", "-detailed-exitcode"); code != 0 || !strings.Contains(out, "No changes.") {
		n.t.Fatalf("%s: the next plan ends with %d\n%s", what, code, out)
	}
	for _, vm := range killedVMs {
		if sets := n.complete(what, vm); len(sets) != 2 {
			n.t.Fatalf("%s: %s has the sets %q, want the newest two", what, vm, sets)
		}
	}
}

// checkDisk checks on the disk of the server that every visible set is whole, and that
// there are enough.
func (n *nights) checkDisk(what string) {
	n.t.Helper()
	for _, vm := range killedVMs {
		if sets := n.complete(what, vm); len(sets) < 1 {
			n.t.Fatalf("%s: %s has no complete set", what, vm)
		}
	}
}

// complete returns the sets of a VM at their final names, each of which has to be
// whole.
func (n *nights) complete(what, vm string) []string {
	n.t.Helper()
	folders, err := os.ReadDir(filepath.Join(n.server.Root, vm))
	if err != nil {
		n.t.Fatalf("%s: %v", what, err)
	}
	var sets []string
	for _, f := range folders {
		if err := n.archive.whole(n.server.Root, vm+"/"+f.Name()); err != nil {
			n.t.Fatalf("%s: %s/%s is visible and not whole: %v", what, vm, f.Name(), err)
		}
		sets = append(sets, f.Name())
	}
	slices.Sort(sets)
	return sets
}

// meetings is how often two applies compete on each server: 30 times in total with
// VMXSYNC_SOAK.
func meetings() int {
	if os.Getenv("VMXSYNC_SOAK") != "" {
		return 6
	}
	return 1
}

// TestServers_twoMachinesAtOnce starts a saved plan and the nightly apply of another
// machine at the same time on every real server, where only the lock at the
// destination keeps them apart. One runs, and the other waits for it or is refused;
// the disk of the server is checked all the time.
func TestServers_twoMachinesAtOnce(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			n := newNights(t, server)
			for i := range meetings() {
				n.compete(i%2 == 0)
			}
		})
	}
}

// compete starts both; with wait, the nightly one waits for the lock.
func (n *nights) compete(wait bool) {
	n.newSets()
	n.must(0, "plan", "-out=plan.out")
	nightly := []string{"apply", "-auto-approve"}
	if wait {
		nightly = append(nightly, "-lock-timeout=2m")
	}
	saved, night := n.command("apply", "plan.out"), n.command(nightly...)
	night.Env = append(night.Env, "XDG_STATE_HOME="+filepath.Join(n.dir, "other-machine"))
	var out [2]bytes.Buffer
	for i, cmd := range []*exec.Cmd{saved, night} {
		cmd.Stdout, cmd.Stderr = &out[i], &out[i]
		if err := cmd.Start(); err != nil {
			n.t.Fatal(err)
		}
	}
	ended := make(chan struct{})
	go func() {
		saved.Wait()
		night.Wait()
		close(ended)
	}()
	what := fmt.Sprintf("night %d, two at once", n.day)
	for looking := true; looking; {
		select {
		case <-ended:
			looking = false
		default:
			n.checkDiskNow(what)
		}
	}
	codes := []int{saved.ProcessState.ExitCode(), night.ProcessState.ExitCode()}
	if !slices.Contains(codes, 0) || slices.Contains(codes, 1) {
		n.t.Fatalf("%s: they end with %v\n%s\n%s", what, codes, &out[0], &out[1])
	}
	n.must(0, "apply", "-auto-approve")
	for _, vm := range killedVMs {
		if sets := n.complete(what, vm); len(sets) != 2 {
			n.t.Fatalf("%s: %s has the sets %q, want the newest two", what, vm, sets)
		}
	}
}

// checkDiskNow checks the visible sets while applies run: a set that has vanished since
// it was listed is not an error.
func (n *nights) checkDiskNow(what string) {
	for _, vm := range killedVMs {
		folders, err := os.ReadDir(filepath.Join(n.server.Root, vm))
		if err != nil {
			n.t.Fatalf("%s: %v", what, err)
		}
		whole := 0
		for _, f := range folders {
			stands, err := n.archive.glance(n.server.Root, vm+"/"+f.Name())
			if err != nil {
				n.t.Fatalf("%s: %s/%s is visible and not whole: %v", what, vm, f.Name(), err)
			}
			if stands {
				whole++
			}
		}
		if whole < 1 {
			n.t.Fatalf("%s: %s has no complete set among %v", what, vm, folders)
		}
	}
}
