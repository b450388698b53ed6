package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// incident is something that happens to an office.
type incident = func(*office)

func all(events ...incident) incident {
	return func(o *office) {
		for _, e := range events {
			e(o)
		}
	}
}

// down is a server that loses its power, and up one that has it again.
func down(name string) incident {
	return func(o *office) { o.check(o.servers[name].Kill()) }
}

func up(name string) incident {
	return func(o *office) { o.check(o.servers[name].Restart()) }
}

// hang lets each upload to a server hang in the middle, until it is mended.
func hang(name string) incident {
	return func(o *office) { o.check(o.servers[name].relay.Set(ftptest.Faults{HoldUpload: 20 << 10})) }
}

func mend(name string) incident {
	return func(o *office) { o.check(o.servers[name].relay.Set(ftptest.Faults{})) }
}

// password puts another one into the file that the configuration names.
func password(name, text string) incident {
	return func(o *office) { o.write("secrets/"+name+".password", text) }
}

func rightPassword(name string) incident {
	return func(o *office) { password(name, o.servers[name].Password)(o) }
}

// added is a VM that is backed up from now on; stopped is the end of the backup
// program, until it runs for these VMs again.
func added(vm string) incident { return func(o *office) { o.running = append(o.running, vm) } }

func stopped(o *office) { o.running = nil }

func runs(vms ...string) incident { return func(o *office) { o.running = vms } }

// stillWritten is a set that is not finished when the apply begins, and diesOver
// one that never is.
func stillWritten(vm string) incident { return func(o *office) { o.young = []string{vm} } }

func diesOver(vm string) incident {
	return func(o *office) { o.dies = vm }
}

// byHand is an administrator who runs a command that a mail has named: all that
// waits is done at once.
func byHand(args ...string) incident {
	return func(o *office) {
		o.hand(args...)
		o.night(o.ready(), nil, nil)
		o.success = o.day
	}
}

// hand returns what an apply prints that ends well. Its mail is not read again.
func (o *office) hand(args ...string) string {
	o.t.Helper()
	cmd := o.command(append([]string{"apply", "-auto-approve"}, args...)...)
	cmd.Env = append(os.Environ(), o.clock(o.at(4, 0))...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		o.t.Fatalf("%s: %v\n%s", o.today(), err, out)
	}
	o.byHand++
	all, err := o.mail.Letters()
	o.check(err)
	o.letters = len(all)
	return string(out)
}

// accepted is an administrator who has looked at the first suspicious set of a VM,
// and lets it count; and with it those behind it that are like it.
func accepted(vm string, more ...string) incident {
	return func(o *office) {
		accept := "-accept=*/" + setOf(vm, o.ledger.doubt[vm][0])
		delete(o.ledger.doubt, vm)
		o.meant = vm == o.shrinks
		byHand(append(more, accept)...)(o)
	}
}

// shrunk is the beginning of backups that are a fraction of the VM.
func shrunk(vm string) incident { return func(o *office) { o.shrinks = vm } }

// umask lets the backup program write sets that the account of vmxsync cannot
// list, and chmod gives them back to it.
func umask(o *office) {
	o.locked = true
	o.modes(0)
}

func chmod(o *office) {
	o.locked = false
	o.modes(0o755)
}

// wiped is a server that has lost all that stood there.
func wiped(name string) incident {
	return func(o *office) {
		entries, err := os.ReadDir(o.servers[name].Root)
		o.check(err)
		for _, e := range entries {
			if e.Name() != ".ftpquota" {
				o.check(os.RemoveAll(filepath.Join(o.servers[name].Root, e.Name())))
			}
		}
		o.ledger.at[name] = shelf{}
	}
}

// rotted is one byte in the middle of a disk that is another one by now; nothing
// else tells it from what was uploaded.
func rotted(place, vm string, day int) incident {
	return func(o *office) {
		disk := filepath.Join(o.servers[place].Root, setOf(vm, day), "disk.vmdk")
		was, err := os.Stat(disk)
		o.check(err)
		bytes, err := os.ReadFile(disk)
		o.check(err)
		bytes[len(bytes)/2] ^= 1
		f, err := os.OpenFile(disk, os.O_WRONLY, 0)
		o.check(err)
		_, err = f.Write(bytes)
		o.check(errors.Join(err, f.Close(), os.Chtimes(disk, was.ModTime(), was.ModTime())))
		o.ledger.rotten[place+"/"+setOf(vm, day)] = true
	}
}

// sentAgain is a night whose apply replaces a rotten copy that the one before has found. The
// old one is kept in the trash for some days.
func sentAgain(place, vm string, day int) incident {
	return func(o *office) {
		o.ledger.mended = copyOf{place, vm, day}
		o.replaced = replaced{place, setOf(vm, day), o.day}
	}
}

// leftHalf is half an upload that another program left, long ago.
func leftHalf(place, set string) incident {
	return func(o *office) {
		folder := filepath.Join(o.servers[place].Root, set)
		o.check(os.MkdirAll(folder, 0o755))
		for name, size := range map[string]int{"disk.vmdk": 20 << 10, "vm.vmx": 400} {
			p, old := filepath.Join(folder, name), o.at(1, 0).AddDate(0, -1, 0)
			o.check(os.WriteFile(p, make([]byte, size), 0o644))
			o.check(os.Chtimes(p, old, old))
		}
		o.check(o.servers[place].Adopt())
		o.ledger.others[place] = append(o.ledger.others[place], set)
	}
}

// notAdopted is a pattern that does not take it, and says so.
func notAdopted(place string, says ...string) incident {
	return func(o *office) {
		out := o.hand("-adopt=" + place + "/*")
		said := strings.Join(strings.Fields(out), " ")
		for _, want := range says {
			if !strings.Contains(said, want) {
				o.t.Errorf("%s: -adopt does not say %q:\n%s", o.today(), want, out)
			}
		}
		o.night(o.ready(), nil, nil)
		o.success = o.day
	}
}

func removed(place, set string) incident {
	return func(o *office) {
		o.check(os.RemoveAll(filepath.Join(o.servers[place].Root, set)))
		delete(o.ledger.others, place)
	}
}

// retired is the end of a VM: the host knows it no more, and its backups are
// gone. The administrator writes it into exclude when she is told.
func retired(vm string) incident {
	return func(o *office) {
		o.running = slices.DeleteFunc(o.running, func(v string) bool { return v == vm })
		delete(o.source, vm)
		o.check(os.RemoveAll(o.file("src/" + vm)))
	}
}

func excluded(vm string) incident {
	return func(o *office) {
		o.excluded = append(o.excluded, vm)
		o.configure()
	}
}

// photos is what somebody else puts into an account.
const photos = "photos.iso"

// filled leaves less room than a disk needs, as Pure-FTPd counts.
func filled(name string) incident {
	return func(o *office) {
		files, used := 0, int64(0)
		text, err := os.ReadFile(filepath.Join(o.servers[name].Root, ".ftpquota"))
		if err == nil {
			_, err = fmt.Sscan(string(text), &files, &used)
		}
		o.check(err)
		o.asAnother(name, func(s providers.Store) error {
			return s.Put(o.t.Context(), photos, providertest.Noise(1, rentedMB<<20-used-8<<10))
		})
	}
}

func cleared(name string) incident {
	return func(o *office) {
		o.asAnother(name, func(s providers.Store) error { return s.Remove(o.t.Context(), photos) })
	}
}

// asAnother works in the account as another program does.
func (o *office) asAnother(name string, do func(providers.Store) error) {
	o.t.Helper()
	l := o.servers[name]
	settings := ftp.NewSettings()
	settings.Host, settings.Port, settings.Username, settings.Root = l.Host, l.Port, l.User, l.Path
	settings.Password, settings.TLS = providers.Reference{Kind: "env", Name: "PASSWORD"}, &ftp.TLS{Mode: ftp.Off}
	s, err := ftp.Open(o.t.Context(), settings, func(context.Context, providers.Reference) (string, error) { return l.Password, nil })
	o.check(err)
	defer s.Close()
	o.check(do(s))
}

func (o *office) check(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatalf("%s: %v", o.today(), err)
	}
}

// runningApply is an apply that has begun; ended is closed when it has ended.
type runningApply struct {
	cmd   *exec.Cmd
	ended <-chan struct{}
}

// hanging waits until uploads hang in the middle, to all these servers.
func (o *office) hanging(a runningApply, names ...string) {
	o.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for slices.ContainsFunc(names, func(n string) bool { return o.servers[n].relay.Hits(ftptest.HoldUpload) == 0 }) {
		select {
		case <-tick.C:
		case <-a.ended:
			o.t.Fatalf("%s: the apply ended (%d) before its uploads hung", o.today(), a.cmd.ProcessState.ExitCode())
		}
	}
}

// powerCut is the end of the apply, and of the nas, in the middle of uploads.
func powerCut(o *office, a runningApply) {
	o.hanging(a, "nas", "rented")
	o.check(a.cmd.Process.Kill())
	down("nas")(o)
}

// serverDies is the end of a server in the middle of uploads to it.
func serverDies(name string) func(*office, runningApply) {
	return func(o *office, a runningApply) {
		o.hanging(a, name)
		down(name)(o)
	}
}
