package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// itself is a hook that is the test binary.
func itself(t *testing.T, what string) config.Hook {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return config.Hook{
		Name: "night", On: []config.Occasion{config.BeforeApply}, Command: []string{program, "one", "two words"}, Dir: dir,
		Timeout: providers.Duration(time.Hour), Env: map[string]string{"HOOK_TEST": what},
	}
}

func applied() notify.Report {
	code := 3
	r := notify.Report{Format: notify.Format, Result: notify.Pending, Host: "build-host", Run: "run-1", Plan: "plan-1"}
	r = r.Of(&diff.Plan{
		Name: "site", Summary: diff.Summary{Add: 2, UploadBytes: 30},
		Changes: []diff.Change{
			{Address: "nas/Bart/2026-11-21-010000", Action: diff.Create, Bytes: 10},
			{Address: "nas/Lisa/2026-11-21-010000", Action: diff.Create, Bytes: 20},
		},
		Notices: []diff.Notice{{Code: "unmarked", Text: "nas: 1 set is unmarked."}},
	})
	r.Result, r.ExitCode = notify.Failure, &code
	r.Changes[0].Status = "done"
	r.Changes[1].Status, r.Changes[1].Error = "failed", "nas: full \xff"
	r.Done = notify.Done{Added: 1, Failed: 1, UploadedBytes: 10}
	return r
}

func TestRunHook_givesTheReportAndTheVariables(t *testing.T) {
	var out []string
	h := itself(t, "tell")
	h.Env["MINE"] = "with blanks"
	stage := notify.Stage{Environ: []string{"BEFORE=there", "VMXSYNC_RESULT=of another", "HOOK_TEST=of another"}, Say: func(line string) { out = append(out, line) }}
	if err := notify.RunHook(t.Context(), h, config.AfterFailure, applied(), stage); err != nil {
		t.Fatal(err)
	}
	var got told
	if err := json.Unmarshal([]byte(strings.Join(out, "")), &got); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	if got.Dir != h.Dir || !slices.Equal(got.Args, []string{"one", "two words"}) {
		t.Errorf("runs in %s with %q, want %s", got.Dir, got.Args, h.Dir)
	}
	slices.Sort(got.Env)
	want := []string{
		"BEFORE=there", "HOOK_TEST=tell", "MINE=with blanks", "VMXSYNC_ADDED=1", "VMXSYNC_CHANGED=0", "VMXSYNC_DESTROYED=0",
		"VMXSYNC_EVENT=after_failure", "VMXSYNC_EXIT_CODE=3", "VMXSYNC_FAILED=1", "VMXSYNC_HOOK=night", "VMXSYNC_HOST=build-host",
		"VMXSYNC_NAME=site", "VMXSYNC_RESULT=failure", "VMXSYNC_RUN_ID=run-1",
	}
	if env := slices.DeleteFunc(got.Env, ofTheSystem); !slices.Equal(env, want) {
		t.Errorf("got the environment\n%q, want\n%q", env, want)
	}
	wantReport := `{"format":"vmxsync.result/1","event":"after_failure","result":"failure","exit_code":3,"name":"site","host":"build-host",` +
		`"run_id":"run-1","plan_id":"plan-1","started":"0001-01-01T00:00:00Z","seconds":0,` +
		`"planned":{"add":2,"change":0,"destroy":0,"upload_bytes":30,"free_bytes":0},` +
		`"done":{"added":1,"changed":0,"destroyed":0,"failed":1,"uploaded_bytes":10,"freed_bytes":0},` +
		`"changes":[{"address":"nas/Bart/2026-11-21-010000","action":"create","status":"done","bytes":10},` +
		`{"address":"nas/Lisa/2026-11-21-010000","action":"create","status":"failed","bytes":20,"error":"nas: full ` + "\ufffd" + `"}],` +
		`"notices":["nas: 1 set is unmarked."],"warnings":[],"left_out":[],"errors":[],"causes":[],"guard":[],"vms":[{"destination":"nas","vm":"Bart","newest":"2026-11-21-010000","sets":1,"happened":"1 uploaded"},{"destination":"nas","vm":"Lisa","sets":0,"happened":"1 failed"}]}` + "\n"
	if got.Stdin != wantReport {
		t.Errorf("got\n%s, want\n%s", got.Stdin, wantReport)
	}
}

// ofTheSystem tells which variables Windows, wine and the tools of tests add.
func ofTheSystem(pair string) bool {
	name, _, _ := strings.Cut(pair, "=")
	return strings.HasPrefix(strings.ToUpper(name), "SYSTEM") || strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "WINE")
}

func TestRunHook_tellsExitCodesApart(t *testing.T) {
	for _, c := range []struct {
		what string
		on   config.Occasion
		want error
	}{
		{"exit:0", config.BeforeApply, nil},
		{"exit:3", config.BeforeApply, notify.ErrHook},
		{"exit:75", config.BeforeApply, notify.ErrSkip},
		{"exit:75", config.AfterApply, notify.ErrHook},
	} {
		said := ""
		err := notify.RunHook(t.Context(), itself(t, c.what), c.on, notify.Report{}, notify.Stage{Say: func(line string) { said += line }})
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s at %s: got %v, want %v", c.what, c.on, err, c.want)
		}
		if err != nil && !strings.Contains(err.Error(), "night") {
			t.Errorf("%s: %v does not name the hook", c.what, err)
		}
		if said != "leaving" {
			t.Errorf("%s: said %q", c.what, said)
		}
	}
}

func TestRunHook_missingProgramHasAHint(t *testing.T) {
	h := itself(t, "")
	h.Command = []string{"no-such-program-here"}
	err := notify.RunHook(t.Context(), h, config.BeforeApply, notify.Report{}, notify.Stage{})
	if !errors.Is(err, notify.ErrHook) || providers.Hint(err) == "" {
		t.Errorf("got %v with the hint %q", err, providers.Hint(err))
	}
}

func TestRunHook_neitherReadsNorMinds(t *testing.T) {
	r := notify.Report{Notices: []string{strings.Repeat("x", 1<<20)}}
	if err := notify.RunHook(t.Context(), itself(t, "exit:0"), config.AfterApply, r, notify.Stage{}); err != nil {
		t.Error(err)
	}
}

func TestRunHook_killsAtTheTimeout(t *testing.T) {
	l := listen(t)
	h := itself(t, "hold:"+l.Addr().String())
	h.Timeout = providers.Duration(time.Millisecond)
	err := notify.RunHook(t.Context(), h, config.BeforeApply, notify.Report{}, notify.Stage{})
	if !errors.Is(err, notify.ErrHook) || !strings.Contains(err.Error(), "killed") || providers.Hint(err) == "" {
		t.Errorf("got %v with the hint %q", err, providers.Hint(err))
	}
}

// A child of the hook is connected to the test, which reads the end of that
// when the child is no more.
func TestRunHook_killsAllOfItOnInterrupt(t *testing.T) {
	l := listen(t)
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- notify.RunHook(ctx, itself(t, "parent:"+l.Addr().String()), config.BeforeApply, notify.Report{}, notify.Stage{})
	}()
	child, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer child.Close()
	interrupt()
	if err := <-ended; !errors.Is(err, context.Canceled) || errors.Is(err, notify.ErrHook) {
		t.Errorf("got %v, want that of the context", err)
	}
	if onlyTheProgram {
		return
	}
	if _, err := io.Copy(io.Discard, child); err != nil && !isReset(err) {
		t.Error(err)
	}
}

func isReset(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

func TestRunHook_leavesWhatItStartedAlone(t *testing.T) {
	l := listen(t)
	if err := notify.RunHook(t.Context(), itself(t, "leave:"+l.Addr().String()), config.AfterApply, notify.Report{}, notify.Stage{}); err != nil {
		t.Fatal(err)
	}
	child, err := l.Accept() // it lives
	if err != nil {
		t.Fatal(err)
	}
	child.Close() // and ends
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}
