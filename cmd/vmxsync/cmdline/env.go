package cmdline

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-shellwords"
	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

// envArgsVariable holds arguments for every command; with the suffix _plan, for plan
// only.
const envArgsVariable = "VMXSYNC_CLI_ARGS"

// WithEnv inserts the arguments of the environment after the command, so that
// typed arguments come last and win.
func WithEnv(app *cli.App, args []string, lookup func(string) (string, bool)) ([]string, error) {
	path, at := CommandIn(app, args)
	if len(path) == 0 {
		return args, nil
	}
	var envArgs []string
	for _, name := range []string{envArgsVariable, envArgsVariable + "_" + strings.ReplaceAll(strings.Join(path, "_"), "-", "_")} {
		words, err := wordsOf(name, lookup)
		if err != nil {
			return nil, err
		}
		envArgs = append(envArgs, words...)
	}
	return slices.Concat(args[:at], envArgs, args[at:]), nil
}

// CommandIn returns the command in the arguments, and the index after it; no path if
// there is no complete command.
func CommandIn(app *cli.App, args []string) (path []string, end int) {
	l := &line{app: app}
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		if len(args[i]) > 1 && args[i][0] == '-' {
			if l.flag(args[i]) {
				i++
			}
			continue
		}
		if l.word(args[i]) != nil {
			return nil, 0
		}
		if len(l.command.Subcommands) == 0 {
			return l.path, i + 1
		}
	}
	return nil, 0
}

// wordsOf splits a variable into words as a shell would, but runs and expands nothing.
func wordsOf(variable string, lookup func(string) (string, bool)) ([]string, error) {
	text, _ := lookup(variable)
	parser := &shellwords.Parser{}
	words, err := parser.Parse(text)
	if err == nil && parser.Position >= 0 {
		err = errors.New("it contains more than plain words")
	}
	if err != nil { // the text may hold a secret
		return nil, failure.Usage(fmt.Errorf("%s cannot be read: %w", variable, err),
			`Quote it as in a shell: -target="nas/dc01" -var 'site=berlin'. Double each backslash, or put it between single quotes.`)
	}
	return words, nil
}
