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
	"github.com/vmxsync/vmxsync/regular"
)

// lastSuccess outlives the applies that fail.
const lastSuccess = "vmxsync_apply_success_timestamp_seconds"

// maxMetrics is how much of an older file is read: ours are small.
const maxMetrics = 1 << 20

// ErrNotOurs: another program wrote the file, which is left as it is.
var ErrNotOurs = errors.New("is there, and vmxsync did not write it")

// WriteMetrics tells node_exporter how an apply ended at now: path is a file
// that its textfile collector reads. It is written whole or not at all, and may
// be read by everybody.
func WriteMetrics(path string, r Report, now time.Time) error {
	old, err := oldMetrics(path)
	if err != nil {
		return err
	}
	success := previous(old, r.label())
	if r.Result == Success {
		success = stamp(now)
	}
	return replace(path, r.metrics(now, success))
}

// oldMetrics is what an earlier apply wrote.
func oldMetrics(path string) ([]byte, error) {
	f, err := regular.OpenItself(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if refused := new(regular.Error); errors.As(err, &refused) {
		return nil, providers.WithHint(err, "Choose another name for the textfile of metrics.")
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxMetrics))
	if err == nil && len(data) > 0 && !bytes.HasPrefix(data, []byte("# HELP vmxsync_")) {
		err = providers.WithHint(fmt.Errorf("%s %w", path, ErrNotOurs), "Choose another name for the textfile of metrics.")
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
	gauge := func(name, help, labels, value string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n%s%s %s\n", name, help, name, name, labels, value)
	}
	code := 0
	if r.ExitCode != nil {
		code = *r.ExitCode
	}
	label, number := r.label(), strconv.Itoa
	gauge("vmxsync_apply_end_timestamp_seconds", "When the last apply ended.", label, stamp(now))
	if success != "" {
		gauge(lastSuccess, "When an apply was carried out well for the last time.", label, success)
	}
	gauge("vmxsync_apply_exit_code", "Exit code of the last apply.", label, number(code))
	gauge("vmxsync_apply_duration_seconds", "How long the last apply took.", label, strconv.FormatFloat(r.Seconds, 'f', 3, 64))
	gauge("vmxsync_apply_warnings", "Warnings of the last apply.", label, number(len(r.Warnings)))
	gauge("vmxsync_apply_uploaded_bytes", "Bytes that the last apply sent.", label, strconv.FormatInt(r.Done.UploadedBytes, 10))
	gauge("vmxsync_apply_freed_bytes", "Bytes of the sets that the last apply deleted.", label, strconv.FormatInt(r.Done.FreedBytes, 10))
	fmt.Fprint(&b, "# HELP vmxsync_apply_sets Sets by what the last apply did with them.\n# TYPE vmxsync_apply_sets gauge\n")
	for _, s := range []struct {
		outcome string
		n       int
	}{{"uploaded", r.Done.Added}, {"updated", r.Done.Changed}, {"deleted", r.Done.Destroyed}, {"failed", r.Done.Failed}, {"skipped", r.skipped()}} {
		fmt.Fprintf(&b, "vmxsync_apply_sets{name=\"%s\",outcome=\"%s\"} %d\n", escapeLabel(r.Name), s.outcome, s.n)
	}
	return b.Bytes()
}
