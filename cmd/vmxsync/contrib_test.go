package main

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

func contrib(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "contrib", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// The command line accepts what the schedulers start: with -help after it, only the
// flags are read.
func TestContrib_commandsAreUnderstood(t *testing.T) {
	for name, command := range map[string]string{
		"vmxsync.service":  `(?m)^ExecStart=/usr/local/bin/vmxsync (.*)$`,
		"vmxsync.cron":     `(?m)^0 3 \* \* \* vmxsync vmxsync (.*)$`,
		"vmxsync-task.xml": `<Arguments>(.*)</Arguments>`,
	} {
		m := regexp.MustCompile(command).FindStringSubmatch(contrib(t, name))
		if m == nil {
			t.Errorf("%s starts no vmxsync", name)
			continue
		}
		args := strings.Fields(strings.ReplaceAll(m[1], "/etc/vmxsync", t.TempDir()))
		output, err := exec.Command("vmxsync", append(args, "-help")...).CombinedOutput()
		if err != nil || !strings.Contains(m[1], "apply -auto-approve") {
			t.Errorf("%s: %q ends with %v\n%s", name, m[1], err, output)
		}
	}
}

// A first upload may take days. The Task Scheduler ends what has run for three,
// unless the limit is off.
func TestContrib_nothingEndsALongUpload(t *testing.T) {
	var task struct {
		Limit string `xml:"Settings>ExecutionTimeLimit"`
		Again string `xml:"Settings>MultipleInstancesPolicy"`
		Start string `xml:"Triggers>CalendarTrigger>StartBoundary"`
	}
	if err := xml.Unmarshal([]byte(contrib(t, "vmxsync-task.xml")), &task); err != nil {
		t.Fatal(err)
	}
	if task.Limit != "PT0S" || task.Again != "IgnoreNew" || task.Start == "" {
		t.Errorf("vmxsync-task.xml: got %+v, want no limit and no second one", task)
	}
	unit := contrib(t, "vmxsync.service")
	for _, line := range []string{"Type=oneshot", "TimeoutStartSec=infinity", "StateDirectory=vmxsync"} {
		if !strings.Contains(unit, "\n"+line+"\n") {
			t.Errorf("vmxsync.service has no %s", line)
		}
	}
	for _, limit := range []string{"\nRuntimeMaxSec", "\nStartLimit", "\nCPUQuota", "\nMemoryMax"} {
		if strings.Contains(unit, limit) {
			t.Errorf("vmxsync.service has %s", limit)
		}
	}
}

// systemd itself reads the units, and rates their exposure.
func TestContrib_systemdTakesTheUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not here")
	}
	dir := t.TempDir()
	for _, name := range []string{"vmxsync.service", "vmxsync.timer"} {
		unit := strings.Replace(contrib(t, name), "/usr/local/bin/vmxsync", "/bin/true", 1)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(unit), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"verify", "--man=no", "vmxsync.service", "vmxsync.timer"},
		{"security", "--offline=yes", "--threshold=20", "vmxsync.service"},
	} {
		cmd := exec.Command("systemd-analyze", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || args[0] == "verify" && len(out) > 0 {
			t.Errorf("systemd-analyze %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// The alarms are tested with promtool. Without promtool the test is skipped, with a
// message.
func TestContrib_alarms(t *testing.T) {
	promtool := ftptest.Program(t, "promtool")
	cmd := exec.Command(promtool, "test", "rules", "vmxsync.rules_test.yml")
	cmd.Dir = filepath.Join("..", "..", "contrib")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// An apply writes each metric that an alarm uses.
func TestContrib_alarmsUseOurMetrics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vmxsync.prom")
	held := &notify.Holdings{Groups: []notify.Group{{Destination: "nas", VM: "dc01"}}}
	if err := notify.WriteMetrics(path, notify.Report{Name: "site", Result: notify.Success, Unfinished: time.Now()}, held, time.Now()); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	used := regexp.MustCompile(`vmxsync_\w+`).FindAllString(strings.Join(regexp.MustCompile(`(?m)^ *expr: .*$`).FindAllString(contrib(t, "vmxsync.rules.yml"), -1), "\n"), -1)
	if len(used) < 9 {
		t.Errorf("only %d metrics are used", len(used))
	}
	for _, name := range used {
		if !strings.Contains(string(written), "\n"+name+"{") {
			t.Errorf("no apply writes %s", name)
		}
	}
}
