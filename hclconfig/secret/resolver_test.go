package secret_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/providers"
)

// The test binary is the command of command references.
func TestMain(m *testing.M) {
	switch os.Getenv("SECRET_TEST_COMMAND") {
	case "print":
		fmt.Print(strings.Join(os.Args[1:], "\r\n"))
		os.Exit(0)
	case "fail":
		fmt.Println("hunter2")
		fmt.Fprintln(os.Stderr, "the store is locked\x1b[2J")
		os.Exit(3)
	case "hang":
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

func TestResolver_resolvesEnvAndVariable(t *testing.T) {
	env := func(name string) (string, bool) { return "hunter2", name == "NAS" }
	s := secret.Resolver{Env: env, Variables: map[string]string{"pass": "other"}}
	for _, tt := range []struct {
		r    providers.Reference
		want string
	}{
		{providers.Reference{}, ""},
		{providers.Reference{Kind: providers.EnvReference, Name: "NAS"}, "hunter2"},
		{providers.Reference{Kind: providers.VariableReference, Name: "pass"}, "other"},
	} {
		if got, err := s.Resolve(t.Context(), tt.r); got != tt.want || err != nil {
			t.Errorf("Resolve(%v): got %q, %v; want %q", tt.r, got, err, tt.want)
		}
	}
}

func TestResolver_readsFirstLineOfFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	for name, tt := range map[string]struct{ content, want string }{
		"plain":         {"hunter2", "hunter2"},
		"line end":      {"hunter2\n", "hunter2"},
		"windows":       {"hunter2\r\nmore\r\n", "hunter2"},
		"blanks stay":   {" hunter 2 \n", " hunter 2 "},
		"bom":           {"\xef\xbb\xbfhünter2\n", "hünter2"},
		"utf-16 little": {"\xff\xfeh\x00\xfc\x00n\x00\r\x00\n\x00", "hün"},
		"utf-16 big":    {"\xfe\xff\x00h\x00\xfc\x00\n", "hü"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := secret.Resolver{}.Resolve(t.Context(), providers.Reference{Kind: providers.FileReference, Name: path})
			if got != tt.want || err != nil {
				t.Errorf("Resolve: got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestResolver_errorsNameTheReferenceAndAWayOut(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty": "\nhunter2", "latin1": "h\xfcnter2\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		r          providers.Reference
		want, hint string
	}{
		{providers.Reference{Kind: "env", Name: "NAS"}, `env("NAS"): the environment variable is not set`, "set NAS"},
		{providers.Reference{Kind: "variable", Name: "p"}, `var.p: the variable has no value in this run`, "VMXSYNC_VAR_p"},
		{providers.Reference{Kind: "file", Name: filepath.Join(dir, "none")}, "none", "first line"},
		{providers.Reference{Kind: "file", Name: dir}, "it is a directory", "first line"},
		{providers.Reference{Kind: "file", Name: filepath.Join(dir, "empty")}, "the value is empty", "first line"},
		{providers.Reference{Kind: "file", Name: filepath.Join(dir, "latin1")}, "neither UTF-8 nor UTF-16", "first line"},
		{providers.Reference{Kind: "command", Args: []string{"no-such-program-anywhere"}}, "not found", "by hand"},
		{providers.Reference{Kind: "guess"}, "unknown kind", ""},
	} {
		_, err := secret.Resolver{}.Resolve(t.Context(), tt.r)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.r.String()) {
			t.Errorf("Resolve(%v): got %v, want %q with the reference", tt.r, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Resolve(%v): error holds a secret: %v", tt.r, err)
		}
		if got := providers.Hint(err); !strings.Contains(got, tt.hint) {
			t.Errorf("Resolve(%v): got hint %q, want %q in it", tt.r, got, tt.hint)
		}
	}
}

func TestResolver_commandPrintsTheSecretFirst(t *testing.T) {
	t.Setenv("SECRET_TEST_COMMAND", "print")
	r := providers.Reference{Kind: providers.CommandReference, Args: []string{os.Args[0], "$(hunter2) *", "second line"}}
	if got, err := (secret.Resolver{}).Resolve(t.Context(), r); got != "$(hunter2) *" || err != nil {
		t.Errorf("Resolve: got %q, %v; want the first line, untouched by a shell", got, err)
	}
}

func TestResolver_failedCommandShowsItsErrorsOnly(t *testing.T) {
	t.Setenv("SECRET_TEST_COMMAND", "fail")
	r := providers.Reference{Kind: providers.CommandReference, Args: []string{os.Args[0]}}
	_, err := secret.Resolver{}.Resolve(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), `exit status 3: the store is locked\u001b[2J`) {
		t.Errorf("Resolve: got %v, want the exit status and what the command said, escaped", err)
	}
	if err != nil && strings.Contains(err.Error(), "hunter2") {
		t.Errorf("Resolve: error holds a secret: %v", err)
	}
}

func TestResolver_commandIsKilledAfterTimeout(t *testing.T) {
	t.Setenv("SECRET_TEST_COMMAND", "hang")
	r := providers.Reference{Kind: providers.CommandReference, Args: []string{os.Args[0]}}
	_, err := secret.Resolver{Timeout: time.Millisecond}.Resolve(t.Context(), r)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Resolve: got %v, want %v", err, context.DeadlineExceeded)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (secret.Resolver{}).Resolve(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("Resolve: got %v, want %v", err, context.Canceled)
	}
}

func TestResolver_printsNothing(t *testing.T) {
	s := secret.Resolver{Variables: map[string]string{"p": "hunter2"}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, s); strings.Contains(got, "hunter2") {
			t.Errorf("Sprintf(%s): got %s", verb, got)
		}
	}
}
