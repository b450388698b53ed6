package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/hclconfig"
)

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

func jsonFlag(usage string) cli.Flag { return &cli.BoolFlag{Name: "json", Usage: usage} }

func takeOverFlag() cli.Flag {
	return &cli.BoolFlag{Name: "take-over", Usage: "take ownership of destination roots that belong to another configuration or have lost their owner file"}
}

// parallelismFlag has otherwise as the default in its help.
func parallelismFlag(usage, otherwise string) cli.Flag {
	return &cli.IntFlag{Name: "parallelism", Usage: usage, DefaultText: otherwise}
}

// parallelism returns the value of the flag; 0 if it was not given.
func parallelism(c *cli.Context) (int, error) {
	n := c.Int("parallelism")
	if c.IsSet("parallelism") && n < 1 {
		return 0, failure.Usage(fmt.Errorf("-parallelism=%d is not positive", n), "Write a number of at least 1.")
	}
	return n, nil
}
