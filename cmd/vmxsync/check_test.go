package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/checkup"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state/wording"
)

const usbConfig = `
source "local" "esxi" {
  path = "src"
}
destination "local" "usb" {
  path = "dst"
}
retention "standard" {
  keep_last = 3
}
backup "default" {
  source       = source.local.esxi
  destinations = [destination.local.usb]
  retention    = retention.standard
}
`

// checkOf runs a check of a store with these faults, in place of the folder of the
// configuration.
func checkOf(t *testing.T, below *mem.Store, script *faults.Script, flags ...string) (code int, stdout, stderr string) {
	t.Helper()
	return checkUntil(t, below, script, nil, flags...)
}

// checkUntil is checkOf with a channel that ends its time.
func checkUntil(t *testing.T, below *mem.Store, script *faults.Script, over <-chan time.Time, flags ...string) (code int, stdout, stderr string) {
	t.Helper()
	kept := drivers
	t.Cleanup(func() { drivers = kept })
	drivers = []providers.Driver{{
		Type: "local", New: local.Driver.New,
		Open: func(context.Context, providers.Settings, providers.Secrets) (providers.Store, error) {
			return faults.Wrap(below, script), nil
		},
	}}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("vmxsync.hcl", []byte(usbConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, err bytes.Buffer
	p := &process{args: append([]string{"check", "usb"}, flags...), stdout: &out, stderr: &err, env: func(string) (string, bool) { return "", false }}
	if over != nil {
		p.timer = func(time.Duration) <-chan time.Time { return over }
	}
	code = p.run(t.Context())
	return code, out.String(), err.String()
}

func isEmpty(t *testing.T, store *mem.Store) {
	t.Helper()
	files, err := store.Clone().List(t.Context(), ".") // the check has closed it
	if err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

// wantAll looks for texts, independent of line breaks.
func wantAll(t *testing.T, got string, want ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(got), " ")
	for _, w := range want {
		if !strings.Contains(flat, w) {
			t.Errorf("got no %q in:\n%s", w, got)
		}
	}
}

// noFolderRename refuses the rename of a folder with content.
func noFolderRename() *faults.Script {
	return faults.New(faults.FailAlways(func(c faults.Call) bool {
		return c.Op == faults.Rename && strings.HasSuffix(c.Path, "rename-directory/staging/set")
	}, errors.New("550 no")))
}

func TestCheck_reportsWhatDoesNotHoldAndWhatToDo(t *testing.T) {
	below := mem.New(nil)
	code, stdout, stderr := checkOf(t, below, noFolderRename())
	if code != int(failure.Broken) || stderr != "" {
		t.Errorf("got code %d, want %d\n%s", code, int(failure.Broken), stderr)
	}
	wantAll(t, stdout, "NO rename-directory ", "550 no", "vmxsync: files are uploaded to the work folder", "you: set publish = \"in_place\" for this destination",
		" rules hold, 1 does not,")
	isEmpty(t, below)
}

func TestCheck_quietPrintsOnlyWhatDoesNotHold(t *testing.T) {
	code, stdout, _ := checkOf(t, mem.New(nil), noFolderRename(), "-quiet")
	if code != int(failure.Broken) || strings.Contains(stdout, "  ok  ") || strings.Contains(stdout, "Renames\n") {
		t.Errorf("got code %d\n%s", code, stdout)
	}
	wantAll(t, stdout, "NO rename-directory ", "1 does not")
}

func TestCheck_jsonHasTheBrokenRule(t *testing.T) {
	code, stdout, stderr := checkOf(t, mem.New(nil), noFolderRename(), "-json")
	var doc checkup.Report
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || code != int(failure.Broken) || stderr != "" {
		t.Fatalf("got code %d, %v\n%s", code, err, stderr)
	}
	i := slices.IndexFunc(doc.Rules, func(r checkup.Rule) bool { return r.Name == "rename-directory" })
	r := doc.Rules[i]
	if r.Result != checkup.Broken || r.Seen == "" || r.Consequence == "" || r.Advice == "" || doc.Summary.Broken != 1 {
		t.Errorf("got %+v, %+v", r, doc.Summary)
	}
}

func TestCheck_namesWhatIsLeft(t *testing.T) {
	noDelete := func() *faults.Script {
		return faults.New(faults.FailAlways(func(c faults.Call) bool {
			return c.Op == faults.Remove && path.Base(c.Path) == "stat-dir"
		}, errors.New("550 no")))
	}
	below := mem.New(nil)
	code, _, stderr := checkOf(t, below, noDelete())
	files, err := below.Clone().List(t.Context(), ".vmxsync")
	if err != nil || len(files) != 1 || code != int(failure.Failed) {
		t.Fatalf("got code %d, %v, %v\n%s", code, files, err, stderr)
	}
	wantAll(t, stderr, "The check left a folder behind", "/dst/"+files[0].Path+" ")

	code, stdout, stderr := checkOf(t, mem.New(nil), noDelete(), "-json")
	var doc checkup.Report
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || code != int(failure.Failed) || !strings.HasPrefix(doc.Left, ".vmxsync/check-") {
		t.Errorf("got code %d, %v, left %q", code, err, doc.Left)
	}
	wantAll(t, stderr, "The check left a folder behind")
}

func TestCheck_blamesNoRuleForAPlaceThatWentAway(t *testing.T) {
	for _, gone := range []error{providers.ErrUnreachable, providers.ErrLogin, providers.ErrFull} {
		below := mem.New(nil)
		inRenames := func(c faults.Call) bool { return c.Op == faults.Rename && strings.Contains(c.Path, "/rename-") }
		script := faults.New(faults.Fail(inRenames, 5, faults.Before, gone))
		code, stdout, stderr := checkOf(t, below, script)
		if code != int(failure.Failed) || strings.Contains(stdout, "  NO  ") || strings.Contains(stdout, "complete") {
			t.Errorf("%v: got code %d\n%s", gone, code, stdout)
		}
		wantAll(t, stderr, "The destination cannot be checked", "usb: the check stopped at rename-", "nothing is left behind")
		isEmpty(t, below)
		if err := script.AllHit(); err != nil {
			t.Error(err)
		}
	}
}

// Rules that there was no time for are reported by chapter.
func TestCheck_namesWhatThereWasNoTimeFor(t *testing.T) {
	over := make(chan time.Time)
	script, done := faults.New(), false
	script.Observe(func(c faults.Call) {
		if !done && strings.Contains(c.Path, "/rename-file-across") {
			done = true
			over <- time.Time{} // has been taken when this returns
		}
	})
	below := mem.New(nil)
	code, stdout, stderr := checkUntil(t, below, script, over)
	if code != int(failure.Failed) {
		t.Errorf("got code %d, want %d", code, int(failure.Failed))
	}
	for _, chapter := range []string{"locks", "interrupts"} {
		total := 0
		for _, r := range contract.Rules() {
			if r.Chapter == chapter {
				total++
			}
		}
		wantAll(t, stdout, fmt.Sprintf("-- %s (%d) not tried: the time limit of the check was reached", wording.Capital(chapter), total))
	}
	wantAll(t, stdout, "-- Renames (", "Check incomplete: ")
	wantAll(t, stderr, "Give it more time: -timeout=10m")
	isEmpty(t, below)
}

func TestCheck_blamesNoRuleForAnAccountThatMayNotWrite(t *testing.T) {
	script := faults.New(faults.FailAlways(faults.On("", faults.Put), providers.WithHint(fs.ErrPermission, "Give it the right to write.")))
	code, stdout, stderr := checkOf(t, mem.New(nil), script)
	if code != int(failure.Failed) || strings.Contains(stdout, "  NO  ") {
		t.Errorf("got code %d\n%s", code, stdout)
	}
	wantAll(t, stderr, "the place is not writable", "hint: Give it the right to write.")
}
