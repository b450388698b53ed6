package notify_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/providers"
)

var night = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// writeMetrics returns the file as it is then.
func writeMetrics(t *testing.T, path string, r notify.Report, at time.Time) string {
	t.Helper()
	if err := notify.WriteMetrics(path, r, nil, at); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.New(strings.NewReader(string(data))).Lint()
	if err != nil || len(problems) > 0 {
		t.Fatalf("promlint: %v, %v in\n%s", problems, err, data)
	}
	return string(data)
}

const wantMetrics = `# HELP vmxsync_apply_begin_timestamp_seconds Time at which the last apply began.
# TYPE vmxsync_apply_begin_timestamp_seconds gauge
vmxsync_apply_begin_timestamp_seconds{name="si\"te\\\n"} 1795315400
# HELP vmxsync_apply_running 1 while an apply is running, and after one was killed; otherwise 0.
# TYPE vmxsync_apply_running gauge
vmxsync_apply_running{name="si\"te\\\n"} 0
# HELP vmxsync_apply_unfinished 1 if the apply before the last one did not end, otherwise 0.
# TYPE vmxsync_apply_unfinished gauge
vmxsync_apply_unfinished{name="si\"te\\\n"} 0
# HELP vmxsync_apply_end_timestamp_seconds Time at which the last apply ended.
# TYPE vmxsync_apply_end_timestamp_seconds gauge
vmxsync_apply_end_timestamp_seconds{name="si\"te\\\n"} 1795316400
# HELP vmxsync_apply_success_timestamp_seconds Time at which the last successful apply ended.
# TYPE vmxsync_apply_success_timestamp_seconds gauge
vmxsync_apply_success_timestamp_seconds{name="si\"te\\\n"} 1795316400
# HELP vmxsync_apply_exit_code Exit code of the last apply.
# TYPE vmxsync_apply_exit_code gauge
vmxsync_apply_exit_code{name="si\"te\\\n"} 0
# HELP vmxsync_apply_duration_seconds Duration of the last apply.
# TYPE vmxsync_apply_duration_seconds gauge
vmxsync_apply_duration_seconds{name="si\"te\\\n"} 724.100
# HELP vmxsync_apply_warnings Warnings of the last apply.
# TYPE vmxsync_apply_warnings gauge
vmxsync_apply_warnings{name="si\"te\\\n"} 1
# HELP vmxsync_apply_uploaded_bytes Bytes that the last apply uploaded.
# TYPE vmxsync_apply_uploaded_bytes gauge
vmxsync_apply_uploaded_bytes{name="si\"te\\\n"} 30
# HELP vmxsync_apply_freed_bytes Bytes of the sets that the last apply deleted.
# TYPE vmxsync_apply_freed_bytes gauge
vmxsync_apply_freed_bytes{name="si\"te\\\n"} 20
# HELP vmxsync_apply_sets Sets of the last apply by outcome.
# TYPE vmxsync_apply_sets gauge
vmxsync_apply_sets{name="si\"te\\\n",outcome="uploaded"} 3
vmxsync_apply_sets{name="si\"te\\\n",outcome="updated"} 0
vmxsync_apply_sets{name="si\"te\\\n",outcome="deleted"} 1
vmxsync_apply_sets{name="si\"te\\\n",outcome="failed"} 0
vmxsync_apply_sets{name="si\"te\\\n",outcome="skipped"} 1
`

func succeeded() notify.Report {
	code := 0
	return notify.Report{
		Name: "si\"te\\\n", Result: notify.Success, Started: night.Add(-1000 * time.Second), ExitCode: &code, Seconds: 724.1, Warnings: []string{"w"},
		Done: notify.Done{Added: 3, Destroyed: 1, UploadedBytes: 30, FreedBytes: 20}, Changes: []notify.Change{{Status: "skipped"}},
	}
}

func TestWriteMetrics_passesTheLinter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vmxsync.prom")
	if got := writeMetrics(t, path, succeeded(), night); got != wantMetrics {
		t.Errorf("got\n%s\nwant\n%s", got, wantMetrics)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode() != 0o644 {
		t.Errorf("mode %v, %v: node_exporter is another user", info.Mode(), err)
	}
	hostile := succeeded()
	hostile.Name = "\xff\u202e{}"
	writeMetrics(t, path, hostile, night)
}

func TestWriteMetrics_rememberTheLastSuccess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vmxsync.prom")
	const line = "\nvmxsync_apply_success_timestamp_seconds{"
	failed := applied()
	failed.Name = succeeded().Name
	if got := writeMetrics(t, path, failed, night); strings.Contains(got, line) || !strings.Contains(got, `outcome="failed"} 1`) {
		t.Errorf("there was no success:\n%s", got)
	}
	writeMetrics(t, path, succeeded(), night)
	skipped := succeeded()
	skipped.Result = notify.Skipped
	for _, r := range []notify.Report{failed, skipped, failed} {
		got := writeMetrics(t, path, r, night.Add(24*time.Hour))
		if !strings.Contains(got, line+`name="si\"te\\\n"} 1795316400`) || !strings.Contains(got, "end_timestamp_seconds{name=\"si\\\"te\\\\\\n\"} 1795402800") {
			t.Errorf("the last success was at %d:\n%s", night.Unix(), got)
		}
	}
}

func TestWriteMetrics_wholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	if err := notify.WriteMetrics(filepath.Join(dir, "none", "vmxsync.prom"), succeeded(), nil, night); err == nil {
		t.Error("written into a folder that is not there")
	}
	other := filepath.Join(dir, "node.prom")
	if err := os.WriteFile(other, []byte("# HELP node_x y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := notify.WriteMetrics(other, succeeded(), nil, night); !errors.Is(err, notify.ErrNotOurs) || providers.Hint(err) == "" {
		t.Errorf("got %v, want ErrNotOurs with a hint", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "vmxsync.prom"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := notify.WriteMetrics(filepath.Join(dir, "vmxsync.prom"), succeeded(), nil, night); err == nil {
		t.Error("written over a folder")
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if data, err := os.ReadFile(other); err != nil || string(data) != "# HELP node_x y\n" {
		t.Errorf("the other file holds %q, %v", data, err)
	}
}

// What a destination holds is told by VM; what could not be read keeps the figures
// that it had, for an alarm must not end because a server is away.
func TestWriteMetrics_tellsWhatDestinationsHold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vmxsync.prom")
	held := &notify.Holdings{Groups: []notify.Group{
		{Destination: "nas", VM: "dc\"01", Newest: night, Sets: 3, Bytes: 30, Behind: 1},
		{Destination: "usb", VM: "web", Sets: 0, Vanished: 2, Suspicious: 4, Damaged: 5, Unreadable: true},
	}}
	write := func(h *notify.Holdings) string {
		t.Helper()
		if err := notify.WriteMetrics(path, succeeded(), h, night); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		problems, err := promlint.New(strings.NewReader(string(data))).Lint()
		if err != nil || len(problems) > 0 {
			t.Fatalf("promlint: %v, %v in\n%s", problems, err, data)
		}
		return string(data)
	}
	const nas = `{name="si\"te\\\n",destination="nas",vm="dc\"01"} `
	const usb = `{name="si\"te\\\n",destination="usb",vm="web"} `
	want := []string{
		"vmxsync_newest_set_timestamp_seconds" + nas + "1795316400\n", "vmxsync_sets" + nas + "3\n", "vmxsync_bytes" + nas + "30\n", "vmxsync_behind" + nas + "1\n",
		"vmxsync_newest_set_timestamp_seconds" + usb + "0\n", "vmxsync_vanished" + usb + "2\n", "vmxsync_suspicious" + usb + "4\n",
		"vmxsync_damaged" + usb + "5\n", "vmxsync_unreadable" + usb + "1\n", "vmxsync_damaged" + nas + "0\n", "vmxsync_unreadable" + nas + "0\n",
	}
	first := write(held)
	for _, line := range want {
		if !strings.Contains(first, line) {
			t.Errorf("no %q in\n%s", line, first)
		}
	}
	if got := write(nil); got != first {
		t.Errorf("an apply that read nothing changed them:\n%s", got)
	}
	got := write(&notify.Holdings{Groups: []notify.Group{{Destination: "nas", VM: "new"}}, Unread: []string{"usb"}})
	if strings.Contains(got, "dc") || !strings.Contains(got, "vmxsync_vanished"+usb+"2\n") || !strings.Contains(got, `vm="new"} 0`) {
		t.Errorf("with usb away:\n%s", got)
	}
	// A VM whose listing failed is not readable, and what was known of it stays.
	got = write(&notify.Holdings{Groups: []notify.Group{{Destination: "usb", VM: "web", Unknown: true}}, InPart: []string{"nas"}})
	for _, line := range []string{"vmxsync_vanished" + usb + "2\n", "vmxsync_damaged" + usb + "5\n", "vmxsync_unreadable" + usb + "1\n", `vm="new"} 0`} {
		if strings.Count(got, line) == 0 {
			t.Errorf("no %q with a VM that is not known:\n%s", line, got)
		}
	}
	if n := strings.Count(got, "vmxsync_unreadable"+usb); n != 1 {
		t.Errorf("%d times unreadable:\n%s", n, got)
	}
	if err := notify.MarkRunning(path, succeeded(), night); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(path)
	if n := strings.Count(string(data), "vmxsync_apply_running{"); n != 1 || !strings.Contains(string(data), "\nvmxsync_apply_running{name=\"si\\\"te\\\\\\n\"} 1\n") ||
		!strings.Contains(string(data), "vmxsync_vanished"+usb+"2\n") {
		t.Errorf("while an apply is at work:\n%s", data)
	}
	if !strings.Contains(write(nil), "vmxsync_apply_running{name=\"si\\\"te\\\\\\n\"} 0\n") {
		t.Error("it is at work for ever")
	}
	// Proofs are told of where the ledger was read, also where nothing was ever proven.
	if strings.Contains(first, "proof") || strings.Contains(first, "proven") {
		t.Errorf("nobody has read a ledger:\n%s", first)
	}
	proofs := write(&notify.Holdings{Groups: []notify.Group{
		{Destination: "nas", VM: "dc\"01", Asked: true, OldestProof: night, NeverProven: 2}, {Destination: "usb", VM: "web", Asked: true},
	}})
	for _, line := range []string{"vmxsync_oldest_proof_timestamp_seconds" + nas + "1795316400\n", "vmxsync_never_proven" + nas + "2\n", "vmxsync_oldest_proof_timestamp_seconds" + usb + "0\n"} {
		if !strings.Contains(proofs, line) {
			t.Errorf("no %q in\n%s", line, proofs)
		}
	}
}
