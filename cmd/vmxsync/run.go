package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/cmdline"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/report"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

// process is what the operating system gives one run of the program.
type process struct {
	args   []string // without the program's name
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    func(string) (string, bool)

	accountHome func() (string, error) // home directory of the account, independent of the environment; nil: not known
	environ     []string               // the environment for programs that are run

	// For tests.
	timer func(time.Duration) <-chan time.Time // when a check has to end; nil: time.After
	clock func() time.Time                     // of the machine
	sleep func(context.Context, time.Duration) error
}

// run runs the command of the arguments, and returns its exit code.
func (p *process) run(ctx context.Context) int {
	l := p.line()
	err := l.command(ctx)
	if l.isRefusedUnseen(err) {
		err = l.reportRefusal(ctx, err)
	}
	err = undelivered(l.out, err, undeliveredHint)
	l.out.Fail(err)
	return failure.ExitCode(err)
}

// line is one command line, with all that its commands need.
type line struct {
	*process
	session *session.Env
	out     *ui.UI
	report  *report.Apply
	inPlace bool // the configuration directory is the current one
}

func (p *process) line() *line {
	out := ui.New(p.stdout, p.stderr, ui.Style{Color: p.colour(), Width: p.width()})
	env := &session.Env{
		Lookup: p.env, Environ: p.environ, State: statedir.Find(p.env, p.accountHome), Version: version, Drivers: drivers,
		Report: out, Clock: p.clock, Sleep: p.sleep,
	}
	return &line{process: p, session: env, out: out, report: report.New(env, out)}
}

// command runs the command of the arguments.
func (l *line) command(ctx context.Context) error {
	app := l.app()
	if len(l.args) > 0 && l.args[0] == cmdline.CompleteWord {
		for _, c := range cmdline.Candidates(app, l.args[1:]) {
			l.out.Print(c[0] + "\t" + c[1] + "\n")
		}
		return nil
	}
	args, err := cmdline.WithEnv(app, l.args, l.env)
	l.out.JSON, l.out.Events = wantsJSON(slices.Concat(args, l.args))
	if err == nil {
		args, err = cmdline.Normalize(app, args)
	}
	if err != nil {
		return err
	}
	return app.RunContext(ctx, append([]string{app.Name}, args...))
}

// app is the command line. Errors return to run: urfave/cli must neither print nor
// exit.
func (l *line) app() *cli.App {
	usage := func(c *cli.Context, err error, isSubcommand bool) error { return usageError(c, err) }
	stdout, stderr := l.out.Streams()
	app := &cli.App{
		Name:                      "vmxsync",
		Usage:                     "plan and apply the off-site copies of VM backups",
		Version:                   version,
		HideVersion:               true,
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,
		Flags:                     globalFlags(),
		Commands:                  l.commands(),
		Writer:                    stdout,
		ErrWriter:                 stderr,
		OnUsageError:              usage,
		ExitErrHandler:            func(*cli.Context, error) {},
		Before:                    l.before,
		Action:                    l.noCommand,
	}
	withoutDefaults(app.Flags)
	silenceLibrary(app.Commands, usage)
	return app
}

// silenceLibrary keeps the library from printing on its own, in all commands.
func silenceLibrary(commands []*cli.Command, usage cli.OnUsageErrorFunc) {
	for _, c := range commands {
		c.OnUsageError = usage
		c.HideHelpCommand = true
		withoutDefaults(c.Flags)
		silenceLibrary(c.Subcommands, usage)
	}
}

// withoutDefaults drops "(default: false)" from the help.
func withoutDefaults(flags []cli.Flag) {
	for _, f := range flags {
		if b, ok := f.(*cli.BoolFlag); ok {
			b.DisableDefaultText = true
		}
	}
}

func globalFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "chdir", Usage: "use the configuration in `DIR`", Value: "."},
		&cli.BoolFlag{Name: "no-color", Usage: "print without colours"},
		&cli.BoolFlag{Name: "quiet", Usage: "print warnings and errors only"},
		&cli.StringFlag{Name: "verbosity", Usage: "log `LEVEL` on stderr: error, warn, info, debug or trace (with the dialogue with servers)", Value: "info"},
		&cli.BoolFlag{Name: "version", Usage: "print the version"},
	}
}

// wantsJSON looks for -json before anything can fail. The events of an apply, and of a
// restore, are one JSON document each.
func wantsJSON(args []string) (document, events bool) {
	flags := args
	if i := slices.Index(args, "--"); i >= 0 {
		flags = args[:i]
	}
	for _, f := range flags { // the last one wins
		if name, value, _ := strings.Cut(strings.TrimLeft(f, "-"), "="); strings.HasPrefix(f, "-") && name == "json" {
			document = value != "false"
		}
	}
	return document, document && (slices.Contains(flags, "apply") || slices.Contains(flags, "restore"))
}

func (l *line) before(c *cli.Context) error {
	if c.Bool("no-color") {
		l.out.Color = false
	}
	if c.Bool("quiet") {
		l.out.Quiet = true
	}
	if err := l.setLevel(c); err != nil {
		return err
	}
	err := session.Chdir(c.String("chdir"))
	l.inPlace = err == nil
	return err
}

// logVariable sets the level of messages if -verbosity is not given.
const logVariable = "VMXSYNC_LOG"

func (l *line) setLevel(c *cli.Context) error {
	text, _ := l.env(logVariable)
	if text != "" && !c.IsSet("verbosity") {
		return l.out.SetLevel(logVariable, strings.ToLower(text), true)
	}
	return l.out.SetLevel("-verbosity", c.String("verbosity"), c.IsSet("verbosity"))
}

func (l *line) noCommand(c *cli.Context) error {
	if c.Bool("version") {
		return printVersion(l.out, false)
	}
	if name := c.Args().First(); name != "" {
		return cmdline.UnknownCommand(c.App.Commands, name, name)
	}
	return cli.ShowAppHelp(c)
}

func (p *process) colour() bool {
	if v, set := p.env("NO_COLOR"); set && v != "" {
		return false
	}
	if v, _ := p.env("TERM"); v == "dumb" {
		return false
	}
	return ui.HasEscapes(p.stdout) && ui.HasEscapes(p.stderr)
}

func (p *process) width() int {
	if f, ok := p.stdout.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
			return min(w, 120)
		}
	}
	return 100
}

func usageError(c *cli.Context, err error) error {
	name := "vmxsync"
	if c.Command != nil && c.Command.HelpName != "" {
		name = c.Command.HelpName
	}
	return failure.Usage(err, fmt.Sprintf("%s -help lists the flags.", name))
}
