package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/notify/mailtest"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// office is a small company: a host with VMs, a NAS in another building, rented
// space elsewhere, and an administrator who reads mail at seven.
type office struct {
	*program
	*ledger
	archive archive
	zone    *time.Location
	day     int
	running []string // the VMs that the backup program writes sets of
	young   []string // VMs whose set of tonight is still being written at four
	dies    string   // the VM whose set of tonight the backup program dies over
	shrinks string   // the VM of which it writes a fraction, until that is mended
	meant   bool     // a person has accepted that it is smaller
	// unmounted: the source is an empty folder, and nothing else
	unmounted bool
	away      shelf    // what of the source is not mounted
	locked    bool     // it runs with another umask: the account of vmxsync can list no set
	replaced  replaced // the copy that was
	byHand    int      // applies that the administrator ran in an evening
	excluded  []string // VMs that exclude names
	servers   map[string]*station
	mail      *mailtest.Server
	letters   int // those that have been read
	success   int // the day of the last success
}

// replaced is a copy that was sent again: the old one is in the trash for a week.
type replaced struct {
	place, set string
	on         int
}

// station is a server and the way to it.
type station struct {
	*ftptest.Server
	relay *ftptest.Relay
}

const rentedMB = 4

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{ledger: newLedger(), archive: archive{}, running: []string{"Bart", "Homer", "Lisa", "Marge"}, servers: map[string]*station{}}
	var err error
	if o.zone, err = time.LoadLocation("Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	for name, server := range map[string]*ftptest.Server{
		"nas":    ftptest.NewReal(t, "proftpd", ftptest.RealOptions{TLS: ftptest.Explicit}),
		"rented": ftptest.NewReal(t, "pure-ftpd", ftptest.RealOptions{QuotaMB: rentedMB}),
	} {
		o.servers[name] = &station{server, ftptest.Via(t, server, ftptest.Faults{})}
	}
	if o.mail, err = mailtest.Start(mailtest.Options{TLS: "starttls", User: "u", Password: "mail-Zx9.Kq7"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.mail.Close() })
	o.program = newProgram(t)
	o.write("mail.pem", string(o.mail.CA))
	o.env = append(o.env, "SSL_CERT_FILE="+o.file("mail.pem"), "TZ=Europe/Berlin")
	o.write("secrets/mail.password", "mail-Zx9.Kq7")
	o.write("secrets/nas.password", o.servers["nas"].Password)
	o.write("secrets/rented.password", o.servers["rented"].Password)
	o.configure()
	return o
}

// configure writes the configuration as it is by now.
func (o *office) configure() {
	o.t.Helper()
	nas, rented := o.servers["nas"], o.servers["rented"]
	o.write("vmxsync.hcl", fmt.Sprintf(`
vmxsync { name = "office" }
source "local" "esxi" {
  path     = "src"
  timezone = "Europe/Berlin"
}
%s
%s
retention "standard" {
  keep_last   = 3
  keep_weekly = 4
  keep_oldest = false
  min_keep    = 2
}
retention "newest_two" {
  keep_last = 2
}
backup "default" {
  source       = source.local.esxi
  destinations = [destination.ftp.nas]
  retention    = retention.standard
  prune_source = retention.newest_two
  fresh_within = "3d"
  exclude      = [%s]
  copy {
    destination = destination.ftp.rented
    retention   = retention.newest_two
  }
}
notify "mail" "admin" {
  from     = "vmxsync@example.com"
  to       = ["anna@example.com"]
  host     = %q
  port     = %d
  username = "u"
  password = file("secrets/mail.password")
}
metrics { textfile = "vmxsync.prom" }
log { file = "vmxsync.log" }
`, nas.block("nas"), rented.block("rented"), quotedList(o.excluded), o.mail.Host, o.mail.Port))
}

func (l *station) block(name string) string {
	return fmt.Sprintf(`
destination "ftp" %q {
  host     = %q
  port     = %d
  username = %q
  password = file("secrets/%s.password")
  root     = %q
  %s
  timeouts { io = "2s" }
}`, name, l.relay.Host, l.relay.Port, l.User, name, l.Path, tlsOf(l.Server))
}

func quotedList(names []string) (list string) {
	for _, n := range names {
		list += fmt.Sprintf("%q, ", n)
	}
	return list
}

// at is a time of the day.
func (o *office) at(hour, minute int) time.Time {
	return time.Date(2026, 10, o.day, hour, minute, 0, 0, o.zone)
}

func (o *office) today() string { return o.at(0, 0).Format("January 2") }

// clock sets that of the program.
func (o *office) clock(at time.Time) []string {
	return append(slices.Clone(o.env), session.NowVariable+"="+at.Format(time.RFC3339))
}

// setOf is the address of a set without its place. October goes on: the 32nd is
// November 1.
func setOf(vm string, day int) string {
	return vm + "/" + time.Date(2026, 10, day, 1, 0, 0, 0, time.UTC).Format("2006-01-02-150405")
}

// backUp is the backup program, which begins at one and is done half an hour
// later. Where it dies, the disk is missing.
func (o *office) backUp() {
	o.t.Helper()
	for _, vm := range o.running {
		o.source[vm] = append(o.source[vm], o.day)
		for name, size := range map[string]int64{"disk.vmdk": 48 << 10, "vm.vmx": 400} {
			if vm == o.dies && name == "disk.vmdk" {
				continue
			}
			if vm == o.shrinks {
				size /= 12
			}
			if err := o.archive.add(o.file("src"), setOf(vm, o.day), name, size); err != nil {
				o.t.Fatal(err)
			}
		}
		done := o.at(1, 30)
		if slices.Contains(o.young, vm) {
			done = o.at(3, 58)
		}
		o.date(vm, done)
		if vm == o.dies || vm == o.shrinks && !o.meant {
			o.ledger.doubt[vm] = append(o.ledger.doubt[vm], o.day)
		}
	}
	if o.locked {
		o.modes(0)
	}
}

// modes sets that of the folders of all sets at the source.
func (o *office) modes(mode os.FileMode) {
	o.t.Helper()
	for vm, days := range o.source {
		for _, d := range days {
			o.check(os.Chmod(o.file("src/"+setOf(vm, d)), mode))
		}
	}
}

// command heeds the modes of files though root runs it.
func (o *office) command(args ...string) *exec.Cmd {
	cmd := o.program.command(args...)
	if !o.locked {
		return cmd
	}
	weakly := unprivileged(append([]string{"", "unprivileged", cmd.Path}, args...))[1:]
	weak := exec.Command(weakly[0], weakly[1:]...)
	weak.Dir, weak.Env = cmd.Dir, cmd.Env
	return weak
}

// date says when tonight's set of a VM was finished.
func (o *office) date(vm string, done time.Time) {
	o.t.Helper()
	err := filepath.WalkDir(o.file("src/"+setOf(vm, o.day)), func(p string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(p, done, done)
	})
	if err != nil {
		o.t.Fatal(err)
	}
}
