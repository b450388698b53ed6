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
	if err := notify.WriteMetrics(path, r, at); err != nil {
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

const wantMetrics = `# HELP vmxsync_apply_end_timestamp_seconds When the last apply ended.
# TYPE vmxsync_apply_end_timestamp_seconds gauge
vmxsync_apply_end_timestamp_seconds{name="si\"te\\\n"} 1795316400
# HELP vmxsync_apply_success_timestamp_seconds When an apply was carried out well for the last time.
# TYPE vmxsync_apply_success_timestamp_seconds gauge
vmxsync_apply_success_timestamp_seconds{name="si\"te\\\n"} 1795316400
# HELP vmxsync_apply_exit_code Exit code of the last apply.
# TYPE vmxsync_apply_exit_code gauge
vmxsync_apply_exit_code{name="si\"te\\\n"} 0
# HELP vmxsync_apply_duration_seconds How long the last apply took.
# TYPE vmxsync_apply_duration_seconds gauge
vmxsync_apply_duration_seconds{name="si\"te\\\n"} 724.100
# HELP vmxsync_apply_warnings Warnings of the last apply.
# TYPE vmxsync_apply_warnings gauge
vmxsync_apply_warnings{name="si\"te\\\n"} 1
# HELP vmxsync_apply_uploaded_bytes Bytes that the last apply sent.
# TYPE vmxsync_apply_uploaded_bytes gauge
vmxsync_apply_uploaded_bytes{name="si\"te\\\n"} 30
# HELP vmxsync_apply_freed_bytes Bytes of the sets that the last apply deleted.
# TYPE vmxsync_apply_freed_bytes gauge
vmxsync_apply_freed_bytes{name="si\"te\\\n"} 20
# HELP vmxsync_apply_sets Sets by what the last apply did with them.
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
		Name: "si\"te\\\n", Result: notify.Success, ExitCode: &code, Seconds: 724.1, Warnings: []string{"w"},
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
	if err := notify.WriteMetrics(filepath.Join(dir, "none", "vmxsync.prom"), succeeded(), night); err == nil {
		t.Error("written into a folder that is not there")
	}
	other := filepath.Join(dir, "node.prom")
	if err := os.WriteFile(other, []byte("# HELP node_x y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := notify.WriteMetrics(other, succeeded(), night); !errors.Is(err, notify.ErrNotOurs) || providers.Hint(err) == "" {
		t.Errorf("got %v, want ErrNotOurs with a hint", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "vmxsync.prom"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := notify.WriteMetrics(filepath.Join(dir, "vmxsync.prom"), succeeded(), night); err == nil {
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
