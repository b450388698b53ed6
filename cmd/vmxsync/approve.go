package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

// approval is what -auto-approve approves without asking; "" is nothing.
type approval string

const (
	approveAll    approval = "all"
	approveCreate approval = "create" // changes that delete nothing
)

func autoApproveFlag(to *approval) cli.Flag {
	return &cli.GenericFlag{Name: "auto-approve", Usage: "without FILE: do not ask; `[=create]` leaves deletes for an apply that asks", Value: to}
}

// Set implements flag.Value: -auto-approve without a value is "true".
func (a *approval) Set(text string) error {
	if text == string(approveCreate) {
		*a = approveCreate
		return nil
	}
	all, err := strconv.ParseBool(text)
	if err != nil {
		return errors.New(`want -auto-approve or -auto-approve=create`)
	}
	*a = ""
	if all {
		*a = approveAll
	}
	return nil
}

func (a *approval) String() string { return "" }

// IsBoolFlag allows the flag without a value.
func (a *approval) IsBoolFlag() bool { return true }

// flag returns the flag as it was given.
func (a approval) flag() string {
	if a == approveCreate {
		return " -auto-approve=create"
	}
	return " -auto-approve"
}

const approvalQuestion = `
Do you want to perform these actions?
  vmxsync will perform the actions described above.
  Only 'yes' will be accepted to approve.

  Enter a value: `

// confirm asks on the terminal; declined is the summary of the error for any answer
// but yes.
func confirm(ctx context.Context, out *ui.UI, stdin io.Reader, question, declined string) error {
	out.Print(question)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(stdin).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case line := <-answer:
		out.Print("\n")
		if line != "yes" {
			return failure.New(declined, errors.New("it was not approved; nothing was changed"))
		}
		return nil
	case <-ctx.Done():
		out.Print("\n")
		return ctx.Err()
	}
}
