package program

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"time"

	"github.com/vmxsync/vmxsync/providers/group"
)

// ErrTimeout: the program did not end within its timeout, and was killed.
var ErrTimeout = errors.New("it did not end in time and was killed")

// Program is a program that is run.
type Program struct {
	Command []string // the program and its arguments
	Dir     string   // absolute: where it runs
	Env     []string // its whole environment, "NAME=value"; of two, the last one counts
	Timeout time.Duration
}

// Run runs the program with an input, and returns when it has ended. say receives what it
// prints; nil is allowed. The error is nil, that of ctx, ErrTimeout, or that of os/exec.
func Run(ctx context.Context, p Program, input []byte, say func(line string)) error {
	timed, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	out := &lines{say: say}
	cmd := command(timed, p)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), out, out
	err := cmd.Run()
	out.end()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // ended well; a child of it lives on
		return nil
	case timed.Err() != nil:
		return ErrTimeout
	}
	return err
}

// lingering is how long the children of a program may hold its output open.
const lingering = time.Second

func command(ctx context.Context, p Program) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.Command[0], p.Command[1:]...)
	cmd.Dir, cmd.Env = p.Dir, p.Env
	cmd.WaitDelay = lingering
	group.Own(cmd)
	return cmd
}
