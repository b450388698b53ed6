package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/urfave/cli/v2"
)

// arrange puts the arguments into the only order that urfave/cli reads right:
// global flags, command, its flags, "--", its arguments. The library swallows
// flags after the first argument silently, and users of terraform write global
// flags behind the command.
func arrange(app *cli.App, args []string) ([]string, error) {
	var global, path, local, rest []string
	var command *cli.Command
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			if next := commandsOf(app, command); len(next) > 0 && len(rest) == 0 {
				if command = findCommand(next, arg); command == nil {
					return nil, unknownCommand(next, strings.Join(append(path, arg), " "), arg)
				}
				path = append(path, arg)
				continue
			}
			rest = append(rest, arg)
			continue
		}
		flags, into := flagsOf(app, command), &local
		flag := findFlag(app.Flags, arg)
		if flag != nil {
			into = &global
		} else {
			flag = findFlag(flags, arg)
		}
		*into = append(*into, arg)
		if flag != nil && takesValue(flag) && !strings.Contains(arg, "=") && i+1 < len(args) {
			i++
			*into = append(*into, args[i])
		}
	}
	if command == nil {
		return append(global, local...), nil
	}
	out := slices.Concat(global, path, local)
	if len(rest) > 0 {
		out = append(append(out, "--"), rest...)
	}
	return out, nil
}

// commandsOf are those that may follow.
func commandsOf(app *cli.App, command *cli.Command) []*cli.Command {
	if command == nil {
		return app.Commands
	}
	return command.Subcommands
}

func findCommand(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

func flagsOf(app *cli.App, command *cli.Command) []cli.Flag {
	if command == nil {
		return app.Flags
	}
	return command.Flags
}

func findFlag(flags []cli.Flag, arg string) cli.Flag {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	for _, f := range flags {
		for _, n := range f.Names() {
			if n == name {
				return f
			}
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	switch f := f.(type) {
	case *cli.BoolFlag:
		return false
	case *cli.GenericFlag:
		b, ok := f.Value.(interface{ IsBoolFlag() bool })
		return !ok || !b.IsBoolFlag()
	}
	return true
}

// unknownCommand suggests one of those that could stand there. path is all that
// was written, name its last part.
func unknownCommand(commands []*cli.Command, path, name string) error {
	err := fmt.Errorf("vmxsync has no command %q", path)
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	if best := nearest(name, names); best != "" {
		return wrongUsage(err, fmt.Sprintf("Did you mean %q?", best))
	}
	parent := strings.TrimSuffix(path, name)
	return wrongUsage(err, "vmxsync "+parent+"-help lists the commands.")
}

// nearest is the name that was probably meant, or "".
func nearest(name string, names []string) string {
	best, distance := "", 3
	for _, n := range names {
		if d := levenshtein.Distance(name, n, nil); d < distance {
			best, distance = n, d
		}
	}
	return best
}
