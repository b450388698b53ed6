package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/files"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/providers"
)

type fmtFlags struct {
	given
	check, diff, write, recursive bool
}

func fmtCommand(env *session.Env, out *ui.UI, stdin io.Reader) *cli.Command {
	f := &fmtFlags{}
	return &cli.Command{
		Name:      "fmt",
		Usage:     "format configuration files",
		ArgsUsage: "[PATH...]",
		Description: "Rewrites vmxsync.hcl, *.vmxsync.hcl and *.vars.hcl in the given folders or files (default:\n" +
			"this folder) in canonical form, and prints the names of the files that it changed. - formats\n" +
			"standard input to standard output. Files that do not parse, and links, are not touched.\n\n" +
			"   vmxsync fmt\n" +
			"   vmxsync fmt -check -diff -recursive   (in CI: changes nothing)\n" +
			"   vmxsync fmt - < vmxsync.hcl",
		CustomHelpTemplate: exitCodes(
			"2    a file does not parse, or cannot be read or written",
			"3    a file is not in canonical form (with -check)"),
		Flags:  f.flags(),
		Action: func(c *cli.Context) error { f.given = givenTo(c); return format(env, out, stdin, *f) },
	}
}

func (f *fmtFlags) flags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "check", Destination: &f.check, Usage: "change nothing, and exit with 3 if a file is not in canonical form"},
		&cli.BoolFlag{Name: "diff", Destination: &f.diff, Usage: "print the differences; values that may be secret are left out"},
		&cli.BoolFlag{Name: "write", Destination: &f.write, Usage: "write the files (-write=false: only print their names)", Value: true},
		&cli.BoolFlag{Name: "recursive", Destination: &f.recursive, Usage: "format subfolders too, except hidden ones"},
	}
}

// standardInput is the argument for standard input, and inputName its name in output.
const standardInput, inputName = "-", "<stdin>"

// fmtRun is one run of fmt.
type fmtRun struct {
	ui    *ui.UI
	stdin io.Reader
	hclconfig.Formatter
	fmtFlags
	unformatted, failed bool // decide the exit code
}

func format(env *session.Env, out *ui.UI, stdin io.Reader, f fmtFlags) error {
	t := &fmtRun{ui: out, stdin: stdin, Formatter: hclconfig.Formatter{Drivers: env.Drivers}, fmtFlags: f}
	t.write = f.write && !f.check
	args := f.args
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, arg := range args {
		if arg != standardInput {
			t.report(t.path(arg))
			continue
		}
		if len(args) > 1 {
			return failure.Usage(errors.New("- cannot be used together with other paths"), "Standard input is formatted alone: vmxsync fmt - < FILE.")
		}
		t.report(t.pipe())
	}
	return t.verdict()
}

// verdict is the exit code of terraform fmt.
func (t *fmtRun) verdict() error {
	switch {
	case t.failed:
		return failure.Unformattable
	case t.unformatted && t.check:
		return failure.Unformatted
	}
	return nil
}

// report prints the error of one file; the others are formatted all the same.
func (t *fmtRun) report(err error) {
	if err != nil {
		t.failed = true
		t.ui.Diagnose(failure.Diagnostics(err))
	}
}

// path formats a file, or the files of a folder.
func (t *fmtRun) path(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return unformattable(err, "")
	case info.IsDir():
		t.folder(path)
		return nil
	case info.Mode()&os.ModeSymlink != 0:
		return unformattable(fmt.Errorf("%s is a link, and links are not followed", path), "Name the file that it points to.")
	case !confdir.IsFormatted(info.Name()):
		return unformattable(fmt.Errorf("%s is not a configuration file", path), "Configuration files are vmxsync.hcl, *.vmxsync.hcl and *.vars.hcl.")
	}
	return t.file(path)
}

func unformattable(err error, hint string) error {
	return failure.New("The file cannot be formatted", failure.Hinted(err, hint))
}

func (t *fmtRun) file(path string) error {
	src, mode, err := readConfig(path)
	if err != nil {
		return unformattable(err, "")
	}
	out, diags := t.Format(path, src)
	switch {
	case diags.HasErrors():
		return failure.Config(diags)
	case bytes.Equal(src, out):
		return nil
	}
	t.unformatted = true
	if t.write {
		err := files.Writable(path)
		if err == nil {
			err = files.Replace(path, out, mode)
		}
		if err != nil {
			return unformattable(err, "")
		}
	}
	t.ui.Result(providers.Escape(path) + "\n")
	t.compare(path, src, out)
	return nil
}

// readConfig reads one file, and its mode.
func readConfig(path string) ([]byte, fs.FileMode, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	src, err := io.ReadAll(io.LimitReader(f, confdir.MaxFile+1))
	return src, info.Mode(), err
}

// compare prints the difference, if it is asked for.
func (t *fmtRun) compare(name string, before, after []byte) {
	if !t.diff {
		return
	}
	var b strings.Builder
	shown := func(src []byte) render.Version {
		return render.Version{Content: string(src), Shown: t.Lines(name, src)}
	}
	render.Unified(&b, name, shown(before), shown(after), render.Style{Color: t.ui.Color}) // a Builder takes all
	t.ui.Print(b.String())
}

// pipe formats standard input to standard output.
func (t *fmtRun) pipe() error {
	src, err := io.ReadAll(io.LimitReader(t.stdin, confdir.MaxFile+1))
	if err != nil {
		return unformattable(err, "")
	}
	out, diags := t.Format(inputName, src)
	if diags.HasErrors() {
		return failure.Config(diags)
	}
	t.unformatted = !bytes.Equal(src, out)
	if t.diff && t.unformatted {
		t.compare(inputName, src, out)
	}
	if !t.diff && !t.check {
		t.ui.Print(string(out))
	}
	return nil
}
