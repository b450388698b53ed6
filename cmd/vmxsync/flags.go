package main

import (
	"github.com/urfave/cli/v2"

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

// varFlags are the flags that give values to variables; list receives them.
func varFlags(list *[]hclconfig.VarArg) []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "var", Usage: "set a variable: `NAME=VALUE`", Value: varFlag{list: list}},
		&cli.GenericFlag{Name: "var-file", Usage: "read values of variables from `FILE`", Value: varFlag{file: true, list: list}},
	}
}

func jsonFlag(usage string) cli.Flag { return &cli.BoolFlag{Name: "json", Usage: usage} }
