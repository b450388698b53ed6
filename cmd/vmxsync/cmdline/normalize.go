package cmdline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Normalize puts the arguments into the only order that urfave/cli reads correctly:
// global flags, command, its flags, "--", its arguments. The library silently
// swallows flags after the first argument, and users of terraform write global flags
// after the command.
func Normalize(app *cli.App, args []string) ([]string, error) {
	l := &line{app: app}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			l.rest = append(l.rest, args[i+1:]...)
			return l.normalized()
		case i > 0 && splitAtDot(args[i-1], arg):
			return nil, splitByPowerShell(args[i-1], arg)
		case len(arg) < 2 || arg[0] != '-':
			if err := l.word(arg); err != nil {
				return nil, err
			}
		case l.flag(arg) && i+1 < len(args):
			i++
			*l.into = append(*l.into, args[i])
		}
	}
	return l.normalized()
}

// line is a parsed command line.
type line struct {
	app     *cli.App
	command *cli.Command // nil until one was found
	path    []string     // its names

	global, local, rest []string
	unknown             []string  // flags of local that were not flags of the command at that point
	into                *[]string // where the last flag went
}

// word takes a command, or an argument of one.
func (l *line) word(arg string) error {
	next := commandsOf(l.app, l.command)
	if len(next) == 0 || len(l.rest) > 0 {
		l.rest = append(l.rest, arg)
		return nil
	}
	if l.command = findCommand(next, arg); l.command == nil {
		return UnknownCommand(next, strings.Join(append(l.path, arg), " "), arg)
	}
	l.path = append(l.path, arg)
	return nil
}

// flag takes a flag, and reports whether its value is the next argument.
func (l *line) flag(arg string) (wants bool) {
	l.into = &l.global
	flag := findFlag(l.app.Flags, arg)
	if flag == nil {
		l.into = &l.local
		flag = findFlag(flagsOf(l.app, l.command), arg)
	}
	if flag == nil {
		l.unknown = append(l.unknown, arg)
	}
	*l.into = append(*l.into, arg)
	return flag != nil && takesValue(flag) && !strings.Contains(arg, "=")
}

func (l *line) normalized() ([]string, error) {
	if slices.ContainsFunc(l.unknown, isHelp) { // with an argument, the library looks for a topic of that name
		return append(l.path, "-help"), nil
	}
	if err := l.unknownFlag(); err != nil {
		return nil, err
	}
	if l.command == nil {
		return append(l.global, l.local...), nil
	}
	out := slices.Concat(l.global, l.path, l.local)
	if len(l.rest) > 0 {
		out = append(append(out, "--"), l.rest...)
	}
	return out, nil
}

// commandsOf returns the commands that may follow.
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

// UnknownCommand is the error of an unknown command, with the closest name as its
// hint. path is the command as it was typed, name its last word.
func UnknownCommand(commands []*cli.Command, path, name string) error {
	err := fmt.Errorf("vmxsync has no command %q", path)
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	if best := wording.Nearest(name, names); best != "" {
		return failure.Usage(err, fmt.Sprintf("Did you mean %q?", best))
	}
	parent := strings.TrimSuffix(path, name)
	return failure.Usage(err, "vmxsync "+parent+"-help lists the commands.")
}

func isHelp(arg string) bool { return findFlag([]cli.Flag{cli.HelpFlag}, arg) != nil }

// unknownFlag refuses the first flag that the command does not have. A flag before
// the command may be one of the command.
func (l *line) unknownFlag() error {
	known := append(slices.Clone(flagsOf(l.app, l.command)), l.app.Flags...)
	for _, arg := range l.unknown {
		if findFlag(known, arg) != nil {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		program := strings.Join(append([]string{"vmxsync"}, l.path...), " ")
		err := fmt.Errorf("%s has no flag -%s", program, name)
		if best := wording.Nearest(name, append(FlagNames(known), "help")); best != "" {
			return failure.Usage(err, fmt.Sprintf("Did you mean -%s?", best))
		}
		return failure.Usage(err, program+" -help lists the flags.")
	}
	return nil
}

// FlagNames returns the first name of each flag.
func FlagNames(flags []cli.Flag) (names []string) {
	for _, f := range flags {
		names = append(names, f.Names()[0])
	}
	return names
}
