package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

// Shells ask the program itself for completions: its flags are written with one dash,
// which the completion of the library does not support.

//go:embed completion
var completions embed.FS

// completeWord is the hidden command that a completion calls: with the number of
// the word under the cursor, counting the program as 0, and all words behind the
// program. A word that is empty may be missing: some shells drop it.
const completeWord = "__complete"

func (p *process) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a completion script for a shell",
		ArgsUsage: "bash|zsh|fish|powershell",
		Description: "Prints a script that completes commands and flags in the shell.\n\n" +
			"   vmxsync completion bash > /etc/bash_completion.d/vmxsync\n" +
			"   vmxsync completion zsh > \"${fpath[1]}/_vmxsync\"\n" +
			"   vmxsync completion fish > ~/.config/fish/completions/vmxsync.fish\n" +
			"   vmxsync completion powershell >> $PROFILE",
		CustomHelpTemplate: exitCodes(),
		Action:             p.completion,
	}
}

func (p *process) completion(c *cli.Context) error {
	const hint = "Name one: bash, zsh, fish or powershell."
	if c.NArg() != 1 {
		return failure.Usage(errors.New("no shell given, or more than one"), hint)
	}
	script, err := completions.ReadFile("completion/" + c.Args().First())
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return failure.Usage(fmt.Errorf("there is no completion for %q", c.Args().First()), hint)
	}
	p.ui.print(string(script))
	return err
}

// complete prints the completions of the word under the cursor, one per line: the
// word, a tab, its description. It prints nothing if the shell should offer files.
func (p *process) complete(app *cli.App, args []string) {
	if len(args) == 0 {
		return
	}
	at, err := strconv.Atoi(args[0])
	if words := args[1:]; err == nil && at >= 1 && at <= len(words)+1 {
		current := ""
		if at <= len(words) {
			current = words[at-1]
		}
		for _, c := range candidates(app, words[:at-1], current) {
			p.ui.print(c[0] + "\t" + c[1] + "\n")
		}
	}
}

// candidates returns what may follow the words and begins with current.
func candidates(app *cli.App, words []string, current string) (found [][2]string) {
	l, wants := &line{app: app}, false
	for _, w := range words {
		switch {
		case w == "--":
			return nil
		case w == "=": // bash takes -out=plan.out for three words
			wants = true
		case wants:
			wants = false
		case strings.HasPrefix(w, "-"):
			wants = l.flag(w)
		default:
			if l.word(w) != nil {
				return nil
			}
		}
	}
	if wants {
		return nil
	}
	for _, c := range l.offers(current) {
		if strings.HasPrefix(c[0], current) {
			found = append(found, c)
		}
	}
	return found
}

// offers returns the flags, if a dash has been typed, or the commands.
func (l *line) offers(current string) (all [][2]string) {
	if dashes := strings.TrimSuffix(current, strings.TrimLeft(current, "-")); dashes != "" {
		return offeredFlags(slices.Concat(flagsOf(l.app, l.command), l.globals(), []cli.Flag{cli.HelpFlag}), dashes)
	}
	if len(l.rest) > 0 {
		return nil
	}
	for _, c := range commandsOf(l.app, l.command) {
		all = append(all, [2]string{c.Name, c.Usage})
	}
	if l.command != nil && l.command.Name == "completion" {
		shells, _ := completions.ReadDir("completion") // it is part of the program
		for _, s := range shells {
			all = append(all, [2]string{s.Name(), "the shell"})
		}
	}
	return all
}

// globals returns the global flags, which may follow a command too.
func (l *line) globals() []cli.Flag {
	if l.command == nil {
		return nil
	}
	return l.app.Flags
}

func offeredFlags(flags []cli.Flag, dashes string) (all [][2]string) {
	for _, f := range flags {
		name, about := dashes+f.Names()[0], ""
		if takesValue(f) {
			name += "="
		}
		if d, ok := f.(cli.DocGenerationFlag); ok {
			about = strings.ReplaceAll(d.GetUsage(), "`", "")
		}
		all = append(all, [2]string{name, about})
	}
	return all
}
