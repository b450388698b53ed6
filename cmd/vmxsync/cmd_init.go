package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/files"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/predecessor"
	"github.com/vmxsync/vmxsync/hclconfig/starter"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/wording"
)

type initFlags struct {
	given
	fromConfig, folder string
}

func initCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &initFlags{}
	return &cli.Command{
		Name:      "init",
		Usage:     "write a first configuration",
		ArgsUsage: "[DIR]",
		Description: "Writes vmxsync.hcl with comments, and secrets/ for passwords, which git ignores, and prints\n" +
			"the next steps. With -from-config, converts the configuration of VMExplorerFtpBackup.py:\n" +
			"its entries become destinations and backups, its passwords become files in secrets/.\n" +
			"Overwrites nothing; if it fails, it leaves nothing behind.\n\n" +
			"   vmxsync init\n" +
			"   vmxsync init -folder=D:/VirtualMachines D:/vmxsync\n" +
			"   vmxsync init -from-config=config.py -folder=/srv/vm-backups",
		CustomHelpTemplate: exitCodes(),
		Flags:              f.flags(),
		Action:             func(c *cli.Context) error { f.given = givenTo(c); return initialize(env, out, *f) },
	}
}

func (f *initFlags) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "from-config", Destination: &f.fromConfig, Usage: "convert the `config.py` of VMExplorerFtpBackup.py; it is read, never run"},
		&cli.StringFlag{Name: "folder", Destination: &f.folder, Usage: "the `FOLDER` with the backups, like that script's -f"},
	}
}

func initialize(env *session.Env, out *ui.UI, f initFlags) error {
	dir := "."
	switch len(f.args) {
	case 0:
	case 1:
		dir = f.first()
	default:
		return failure.Usage(f.tooMany(), "vmxsync init takes one folder for the configuration.")
	}
	folder, err := f.backupFolder()
	if err != nil {
		return err
	}
	script := f.fromConfig
	if script == "" && f.set("from-config") {
		return failure.Usage(errors.New("-from-config is empty"), "Check the variable that its value came from.")
	}
	draft := starter.New(folder, runtime.GOOS == "windows")
	if script != "" {
		if draft, err = convert(out, script, folder); err != nil {
			return err
		}
	}
	if err := writeDraft(dir, draft, env.Drivers); err != nil {
		return err
	}
	out.Result(written(dir, draft))
	if !env.InAutomation() {
		out.Result(firstSteps(dir, script, f.set("folder")))
	}
	return nil
}

// windowsPath matches the path of a drive or a share.
var windowsPath = regexp.MustCompile(`^([A-Za-z]:|\\)\\`)

// backupFolder is the folder in a new configuration. A relative path is made absolute,
// because it would mean another folder there.
func (f initFlags) backupFolder() (string, error) {
	folder := f.folder
	switch {
	case !f.set("folder") && runtime.GOOS == "windows":
		return "C:/VirtualMachinesTemp", nil
	case !f.set("folder"):
		return "/srv/vm-backups", nil
	case folder == "":
		return "", failure.Usage(errors.New("-folder is empty"), "Check the variable that its value came from.")
	case windowsPath.MatchString(folder):
		return strings.ReplaceAll(folder, `\`, "/"), nil
	}
	folder, err := filepath.Abs(folder)
	return filepath.ToSlash(folder), err
}

// convert reads the configuration of the script and prints its warnings.
func convert(out *ui.UI, path, folder string) (starter.Draft, error) {
	const summary = "The script's configuration cannot be read"
	f, err := files.Open(path)
	if err != nil {
		return starter.Draft{}, failure.New(summary, failure.Hinted(err, "Name the config.py of VMExplorerFtpBackup.py."))
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, confdir.MaxFile))
	if err != nil {
		return starter.Draft{}, failure.New(summary, err)
	}
	draft, diags := predecessor.Convert(path, src, folder)
	if diags.HasErrors() {
		return draft, failure.Config(diags)
	}
	out.Cautions(diags)
	return draft, nil
}

// written lists what was converted and the files that were written.
func written(dir string, draft starter.Draft) string {
	var b strings.Builder
	for _, line := range draft.Moved {
		fmt.Fprintf(&b, "  %s\n", providers.Escape(line))
	}
	if len(draft.Moved) > 0 {
		b.WriteString("\n")
	}
	for _, f := range draft.Files {
		fmt.Fprintf(&b, "Wrote %s\n", providers.Escape(filepath.Join(dir, filepath.FromSlash(f.Path))))
	}
	return b.String()
}

// firstSteps lists the next steps for the user.
func firstSteps(dir, script string, folderKnown bool) string {
	command, config := "vmxsync", providers.Escape(filepath.Join(dir, "vmxsync.hcl"))
	if filepath.Clean(dir) != "." {
		command += " -chdir=" + wording.Quoted(dir)
	}
	var steps []string
	switch {
	case script != "" && !folderKnown:
		steps = append(steps, "In "+config+", set path to the folder with the backups, which the script took as -f.")
	case script == "":
		steps = append(steps,
			"In "+config+", edit the lines marked with <--.",
			"Write the password on the first line of "+providers.Escape(filepath.Join(dir, "secrets", "nas.password"))+".",
			"Test the server:\n    "+command+" check nas")
	}
	steps = append(steps, "See what would change, and why; plan changes nothing:\n    "+command+" plan")
	if script != "" {
		steps = append(steps, "Delete "+providers.Escape(script)+" when the script is no longer used: it contains the passwords.")
	}
	var b strings.Builder
	b.WriteString("\nWhat to do next:\n")
	for i, s := range steps {
		fmt.Fprintf(&b, "  %d. %s\n", i+1, strings.ReplaceAll(s, "\n", "\n     "))
	}
	return b.String()
}
