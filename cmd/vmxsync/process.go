package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/cmdline"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/progress"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
)

// process is what the operating system gives one run of the program.
type process struct {
	args   []string // without the program's name
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    func(string) (string, bool)

	accountHome func() (string, error) // home directory of the account, independent of the environment; nil: not known

	environ []string // the environment for programs that are run

	ui       *ui.UI
	checking bool                                 // a check provokes what stores notice
	timer    func(time.Duration) <-chan time.Time // when a check has to end; nil: time.After
	printed  sync.Map                             // notices of stores, by text

	undeliveredReported bool // lost output has been reported

	transfers   *progress.Transfers
	applyReport applyReport
	recorded    bool              // the error of this apply is in transcript and log
	reported    bool              // and its notifications were sent
	inPlace     bool              // the configuration directory is the current one
	takeOver    bool              // of roots that belong to others, or did
	salvaged    hclconfig.Salvage // from a configuration with errors
	resolve     providers.Secrets // of the loaded configuration; nil if none was loaded
	parallelism int               // places read, or steps run, at once; 0: no limit of our own
	retryFor    retryPolicy
}

func (p *process) run(ctx context.Context) int {
	p.transfers = progress.NewTransfers(time.Now)
	p.ui = ui.New(p.stdout, p.stderr, ui.Style{Color: p.colour(), Width: p.width()})
	err := p.command(ctx)
	if p.isRefusedUnseen(err) {
		err = p.reportRefusal(ctx, err)
	}
	err = p.undelivered(err, undeliveredHint)
	p.ui.Fail(err)
	return failure.ExitCode(err)
}

// command runs the command of the arguments.
func (p *process) command(ctx context.Context) error {
	app := p.app()
	if len(p.args) > 0 && p.args[0] == cmdline.CompleteWord {
		for _, c := range cmdline.Candidates(app, p.args[1:]) {
			p.ui.Print(c[0] + "\t" + c[1] + "\n")
		}
		return nil
	}
	args, err := cmdline.WithEnv(app, p.args, p.env)
	p.ui.JSON, p.ui.Events = wantsJSON(slices.Concat(args, p.args))
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
func (p *process) app() *cli.App {
	usage := func(c *cli.Context, err error, isSubcommand bool) error { return usageError(c, err) }
	stdout, stderr := p.ui.Streams()
	app := &cli.App{
		Name:                      "vmxsync",
		Usage:                     "plan and apply the off-site copies of VM backups",
		Version:                   version,
		HideVersion:               true,
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,
		Flags:                     globalFlags(),
		Commands:                  p.commands(),
		Writer:                    stdout,
		ErrWriter:                 stderr,
		OnUsageError:              usage,
		ExitErrHandler:            func(*cli.Context, error) {},
		Before:                    p.before,
		Action:                    p.noCommand,
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
		&cli.StringFlag{Name: "verbosity", Usage: "log `LEVEL` on stderr: error, warn, info, debug or trace (with the FTP dialogue)", Value: "info"},
		&cli.BoolFlag{Name: "version", Usage: "print the version"},
	}
}

// wantsJSON looks for -json before anything can fail. The events of an apply
// are one JSON document each.
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
	return document, document && slices.Contains(flags, "apply")
}

func (p *process) before(c *cli.Context) error {
	if c.Bool("no-color") {
		p.ui.Color = false
	}
	if c.Bool("quiet") {
		p.ui.Quiet = true
	}
	if err := p.setLevel(c); err != nil {
		return err
	}
	err := chdir(c.String("chdir"))
	p.inPlace = err == nil
	return err
}

// logVariable sets the level of messages if -verbosity is not given.
const logVariable = "VMXSYNC_LOG"

func (p *process) setLevel(c *cli.Context) error {
	text, _ := p.env(logVariable)
	if text != "" && !c.IsSet("verbosity") {
		return p.ui.SetLevel(logVariable, strings.ToLower(text), true)
	}
	return p.ui.SetLevel("-verbosity", c.String("verbosity"), c.IsSet("verbosity"))
}

func (p *process) noCommand(c *cli.Context) error {
	if c.Bool("version") {
		return p.version(c)
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
