package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/cmdline"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

func TestHelp_hasExamplesThatHoldAndExitCodes(t *testing.T) {
	app := testApp()
	eachCommand(app.Commands, nil, func(path []string, c *cli.Command) {
		name := strings.Join(append([]string{"vmxsync"}, path...), " ")
		if len(c.Subcommands) == 0 && !strings.Contains(c.Description, "\n\n   "+name) {
			t.Errorf("the help of %s begins its examples with another command, or has none", name)
		}
		for line := range strings.Lines(c.Description) {
			if example, ok := strings.CutPrefix(line, "   vmxsync "); ok {
				wantExample(t, app, example)
			}
		}
		var out, errs bytes.Buffer
		p := &process{args: append(path, "-help"), stdout: &out, stderr: &errs, env: func(string) (string, bool) { return "", false }}
		if code := p.run(t.Context()); code != int(failure.Done) || errs.Len() > 0 {
			t.Errorf("%s -help ends with %d: %s", name, code, &errs)
		}
		_, codes, found := strings.Cut(out.String(), "\nEXIT CODES:\n   0    done, or nothing to do\n   1    error\n")
		if !found || strings.Contains(codes, "\n\n") {
			t.Errorf("%s -help does not end with its exit codes:\n%s", name, &out)
		}
	})
}

func eachCommand(commands []*cli.Command, path []string, do func(path []string, c *cli.Command)) {
	for _, c := range commands {
		here := append(path[:len(path):len(path)], c.Name)
		do(here, c)
		eachCommand(c.Subcommands, here, do)
	}
}

// wantExample checks that a command line of the help has a command and flags that
// exist.
func wantExample(t *testing.T, app *cli.App, example string) {
	t.Helper()
	command, _, _ := strings.Cut(example, "   (")
	command, _, _ = strings.Cut(command, " > ")
	if _, err := cmdline.Normalize(app, strings.Fields(command)); err != nil {
		t.Errorf("vmxsync %s: %v", example, err)
	}
}
