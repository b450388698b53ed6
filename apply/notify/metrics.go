package notify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/regular"
)

// lastSuccess outlives the applies that fail.
const lastSuccess = "vmxsync_apply_success_timestamp_seconds"

// maxMetrics is how much of an older file is read: ours are small.
const maxMetrics = 1 << 20

// ErrNotOurs: another program wrote the file, which is left as it is.
var ErrNotOurs = errors.New("exists and was not written by vmxsync")

// WriteMetrics tells node_exporter how an apply ended at now, and what the
// destinations hold since: path is a file that its textfile collector reads. It is written whole or not at all, and may
// be read by everybody.
func WriteMetrics(path string, r Report, held *Holdings, now time.Time) error {
	old, err := oldMetrics(path)
	if err != nil {
		return err
	}
	success := previous(old, r.label())
	if r.Result == Success {
		success = stamp(now)
	}
	text := bytes.NewBuffer(r.metrics(now, success))
	held.write(text, r.Name, old)
	return replace(path, text.Bytes())
}

// These say that an apply is at work, and are written at its begin as well.
const (
	beginMetric   = "vmxsync_apply_begin_timestamp_seconds"
	runningMetric = "vmxsync_apply_running"
)

// MarkRunning tells node_exporter that an apply has begun. All else in the file
// stays as the last one left it.
func MarkRunning(path string, r Report, now time.Time) error {
	old, err := oldMetrics(path)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	r.running(&b, 1, stamp(now))
	for line := range bytes.Lines(old) {
		if !bytes.Contains(line, []byte(beginMetric)) && !bytes.Contains(line, []byte(runningMetric)) {
			b.Write(line)
		}
	}
	return replace(path, b.Bytes())
}

// running are the metrics of an apply that is at work (1) or not (0).
func (r Report) running(b *bytes.Buffer, running int, began string) {
	gauge(b, beginMetric, "Time at which the last apply began.", r.label(), began)
	gauge(b, runningMetric, "1 while an apply is running, and after one was killed; otherwise 0.", r.label(), strconv.Itoa(running))
}

func gauge(b *bytes.Buffer, name, help, labels, value string) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s gauge\n%s%s %s\n", name, help, name, name, labels, value)
}

// oldMetrics is what an earlier apply wrote.
func oldMetrics(path string) ([]byte, error) {
	f, err := regular.OpenItself(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if refused := new(regular.Error); errors.As(err, &refused) {
		return nil, providers.WithHint(err, "Choose another path for the metrics file.")
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxMetrics))
	if err == nil && len(data) > 0 && !bytes.HasPrefix(data, []byte("# HELP vmxsync_")) {
		err = providers.WithHint(fmt.Errorf("%s %w", path, ErrNotOurs), "Choose another path for the metrics file.")
	}
	return data, err
}

// previous is the time of the last success in an older file, or "".
func previous(old []byte, label string) string {
	for line := range strings.Lines(string(old)) {
		value, ok := strings.CutPrefix(strings.TrimSpace(line), lastSuccess+label+" ")
		if _, err := strconv.ParseFloat(value, 64); ok && err == nil {
			return value
		}
	}
	return ""
}

// replace writes a file beside the other and renames it. Its name while it is
// not whole is none that is read.
func replace(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".vmxsync-metrics-*")
	if err != nil {
		return &fs.PathError{Op: "create", Path: path, Err: errors.Unwrap(err)}
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// label tells the configurations of a machine apart.
func (r Report) label() string { return fmt.Sprintf(`{name="%s"}`, escapeLabel(r.Name)) }

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func escapeLabel(s string) string { return labelEscapes.Replace(strings.ToValidUTF8(s, "\ufffd")) }

func stamp(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// metrics are the text of the file, in the exposition format 0.0.4.
func (r Report) metrics(now time.Time, success string) []byte {
	var b bytes.Buffer
	code := 0
	if r.ExitCode != nil {
		code = *r.ExitCode
	}
	label, number := r.label(), strconv.Itoa
	r.running(&b, 0, stamp(r.Started))
	unfinished := 0
	if !r.Unfinished.IsZero() {
		unfinished = 1
	}
	gauge(&b, "vmxsync_apply_unfinished", "1 if the apply before the last one did not end, otherwise 0.", label, number(unfinished))
	gauge(&b, "vmxsync_apply_end_timestamp_seconds", "Time at which the last apply ended.", label, stamp(now))
	if success != "" {
		gauge(&b, lastSuccess, "Time at which the last successful apply ended.", label, success)
	}
	gauge(&b, "vmxsync_apply_exit_code", "Exit code of the last apply.", label, number(code))
	gauge(&b, "vmxsync_apply_duration_seconds", "Duration of the last apply.", label, strconv.FormatFloat(r.Seconds, 'f', 3, 64))
	gauge(&b, "vmxsync_apply_warnings", "Warnings of the last apply.", label, number(len(r.Warnings)))
	gauge(&b, "vmxsync_apply_uploaded_bytes", "Bytes that the last apply uploaded.", label, strconv.FormatInt(r.Done.UploadedBytes, 10))
	gauge(&b, "vmxsync_apply_freed_bytes", "Bytes of the sets that the last apply deleted.", label, strconv.FormatInt(r.Done.FreedBytes, 10))
	fmt.Fprint(&b, "# HELP vmxsync_apply_sets Sets of the last apply by outcome.\n# TYPE vmxsync_apply_sets gauge\n")
	for _, s := range []struct {
		outcome string
		n       int
	}{{"uploaded", r.Done.Added}, {"updated", r.Done.Changed}, {"deleted", r.Done.Destroyed}, {"failed", r.Done.Failed}, {"skipped", r.skipped()}} {
		fmt.Fprintf(&b, "vmxsync_apply_sets{name=\"%s\",outcome=\"%s\"} %d\n", escapeLabel(r.Name), s.outcome, s.n)
	}
	return b.Bytes()
}
