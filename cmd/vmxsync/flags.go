package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/hclconfig"
)

// given is what a command line has besides the values of its flags.
type given struct {
	args    []string
	set     func(flag string) bool // the flag was written
	command string                 // its name
	chdir   string                 // the value of -chdir
}

func givenTo(c *cli.Context) given {
	return given{c.Args().Slice(), c.IsSet, c.Command.Name, c.String("chdir")}
}

// first is the first argument; "" if there is none.
func (g given) first() string {
	if len(g.args) == 0 {
		return ""
	}
	return g.args[0]
}

// noArguments refuses arguments, for a command that takes none.
func (g given) noArguments() error {
	arg := g.first()
	if arg == "" {
		return nil
	}
	err := fmt.Errorf("unexpected argument %q", arg)
	if g.command == "plan" {
		return failure.Usage(err, "To save the plan to a file: vmxsync plan -out="+arg)
	}
	return failure.Usage(err, "vmxsync "+g.command+" -help shows its usage.")
}

// tooMany is the error of more arguments than a command takes.
func (g given) tooMany() error {
	return fmt.Errorf("%d arguments: %s", len(g.args), strings.Join(g.args, " "))
}

// varFlag collects -var and -var-file into one list, in the order given: the
// later one wins.
type varFlag struct {
	file bool
	list *[]hclconfig.VarArg
}

func (f varFlag) Set(text string) error {
	if f.file {
		*f.list = append(*f.list, hclconfig.VarArg{File: text})
		return nil
	}
	*f.list = append(*f.list, hclconfig.VarArg{Assignment: text})
	return nil
}

func (f varFlag) String() string { return "" }

// varFlags returns the flags that set variables; list receives them.
func varFlags(list *[]hclconfig.VarArg) []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "var", Usage: "set a variable: `NAME=VALUE`", Value: varFlag{list: list}},
		&cli.GenericFlag{Name: "var-file", Usage: "read variable values from `FILE`", Value: varFlag{file: true, list: list}},
	}
}

func jsonFlag(to *bool, usage string) cli.Flag {
	return &cli.BoolFlag{Name: "json", Destination: to, Usage: usage}
}

func takeOverFlag(to *bool) cli.Flag {
	return &cli.BoolFlag{Name: "take-over", Destination: to, Usage: "take ownership of destination roots that belong to another configuration or have lost their owner file"}
}

func allowShrinkFlag(to *bool) cli.Flag {
	return &cli.BoolFlag{Name: "allow-shrink", Destination: to, Usage: "allow this plan to delete more than the guard permits; the plan shows it"}
}

// parallelismFlag has otherwise as the default in its help; 0 if it was not given.
func parallelismFlag(to *int, usage, otherwise string) cli.Flag {
	return &cli.IntFlag{Name: "parallelism", Destination: to, Usage: usage, DefaultText: otherwise}
}

// checkParallelism refuses a value of the flag that is not positive.
func (g given) checkParallelism(n int) error {
	if g.set("parallelism") && n < 1 {
		return failure.Usage(fmt.Errorf("-parallelism=%d is not positive", n), "Write a number of at least 1.")
	}
	return nil
}
