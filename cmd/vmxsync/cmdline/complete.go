package cmdline

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// Shells ask the program itself for completions: its flags are written with one dash,
// which the completion of the library does not support.

//go:embed completion
var completions embed.FS

// CompleteWord is the hidden command that a completion calls: with the number of
// the word under the cursor, counting the program as 0, and all words behind the
// program. A word that is empty may be missing: some shells drop it.
const CompleteWord = "__complete"

// Script returns the completion script for a shell: "bash", "fish", ...
func Script(shell string) ([]byte, error) {
	script, err := completions.ReadFile("completion/" + shell)
	if errors.Is(err, fs.ErrInvalid) {
		err = fs.ErrNotExist
	}
	return script, err
}

// Candidates returns the completions of the word under the cursor, each with its
// description, from the arguments of CompleteWord; none if the shell should offer files.
func Candidates(app *cli.App, args []string) [][2]string {
	if len(args) == 0 {
		return nil
	}
	at, err := strconv.Atoi(args[0])
	words := args[1:]
	if err != nil || at < 1 || at > len(words)+1 {
		return nil
	}
	current := ""
	if at <= len(words) {
		current = words[at-1]
	}
	return candidates(app, words[:at-1], current)
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
