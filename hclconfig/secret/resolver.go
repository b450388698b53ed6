package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers"
)

// EnvPrefix begins the names of environment variables that set variables of the
// configuration.
const EnvPrefix = "VMXSYNC_VAR_"

// Resolver looks up the secrets that references stand for. It needs no
// configuration: a saved plan holds references, and the names of the variables to
// ask for.
type Resolver struct {
	Env       func(name string) (value string, ok bool)
	Variables map[string]string // the values of sensitive variables
	Timeout   time.Duration     // of a command; 0 stands for 30 s
}

const (
	commandTimeout = 30 * time.Second
	maxSecret      = 64 << 10 // bytes of a file or of a command's output that are read
)

// String hides the values.
func (s Resolver) String() string { return "(secrets)" }

// GoString hides the values.
func (s Resolver) GoString() string { return s.String() }

// Resolve returns the secret that r stands for; it has the type of
// providers.Secrets. A secret is one line, and never empty. Errors name the
// reference and carry a hint, and never contain the secret. The zero reference
// stands for "".
func (s Resolver) Resolve(ctx context.Context, r providers.Reference) (string, error) {
	if r.IsZero() {
		return "", nil
	}
	value, err := s.lookup(ctx, r)
	if err == nil && value == "" {
		err = errors.New("the value is empty")
	}
	if err != nil {
		return "", providers.WithHint(fmt.Errorf("%s: %w", r, err), wayOut(r))
	}
	return value, nil
}

func (s Resolver) lookup(ctx context.Context, r providers.Reference) (string, error) {
	switch r.Kind {
	case providers.EnvReference:
		return s.fromEnv(r.Name)
	case providers.FileReference:
		return fromFile(r.Name)
	case providers.CommandReference:
		return s.fromCommand(ctx, r.Args)
	case providers.VariableReference:
		value, ok := s.Variables[r.Name]
		if !ok {
			return "", errors.New("the variable has no value in this run")
		}
		return value, nil
	}
	return "", fmt.Errorf("unknown kind of reference %q", r.Kind)
}

func wayOut(r providers.Reference) string {
	switch r.Kind {
	case providers.EnvReference:
		return fmt.Sprintf("set %s in the environment that vmxsync runs in; a timer or service has its own", r.Name)
	case providers.FileReference:
		return fmt.Sprintf("write the secret on the first line of %s, readable for the user that runs vmxsync", r.Name)
	case providers.CommandReference:
		return "run the command by hand as the user that runs vmxsync: it must print the secret on its first line without asking anything"
	case providers.VariableReference:
		return fmt.Sprintf("set %s%s in the environment, or name a file with -var-file", EnvPrefix, r.Name)
	}
	return ""
}

func (s Resolver) fromEnv(name string) (string, error) {
	if s.Env != nil {
		if value, ok := s.Env(name); ok {
			return value, nil
		}
	}
	return "", errors.New("the environment variable is not set")
}

func fromFile(path string) (string, error) {
	f, err := confdir.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxSecret))
	if err != nil {
		return "", confdir.WithoutPath(err)
	}
	return FirstLine(src)
}

// FirstLine decodes UTF-8, with or without a byte order mark, and UTF-16 with
// one, as PowerShell writes it.
func FirstLine(src []byte) (string, error) {
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), src)
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
		return "", errors.New("the first line is neither UTF-8 nor UTF-16 with a byte order mark")
	}
	return string(line), nil
}

func (s Resolver) fromCommand(ctx context.Context, args []string) (string, error) {
	if len(args) == 0 {
		return "", errors.New("no program is named")
	}
	timeout := s.Timeout
	if timeout == 0 {
		timeout = commandTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	stdout, stderr := &head{max: maxSecret}, &head{max: 1 << 10}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = time.Second // children of a killed command may hold its output open
	if err := cmd.Run(); err != nil {
		return "", commandError(ctx, err, stderr.kept, timeout)
	}
	return FirstLine(stdout.kept)
}

func commandError(ctx context.Context, err error, stderr []byte, timeout time.Duration) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %v: %w", timeout, context.DeadlineExceeded)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if said := strings.TrimSpace(strings.ToValidUTF8(string(stderr), "?")); said != "" {
		return fmt.Errorf("%w: %s", err, diag.Inline(said))
	}
	return err
}

// head keeps the first max bytes of what is written to it.
type head struct {
	kept []byte
	max  int
}

func (h *head) Write(p []byte) (int, error) {
	h.kept = append(h.kept, p[:min(len(p), h.max-len(h.kept))]...)
	return len(p), nil
}
