//go:build !linux

package testserver

import "errors"

// Process is never started here: the real servers run on Linux only.
type Process struct{ Done chan struct{} }

// StartProcess always fails.
func StartProcess(_, _ []string, _ string) (*Process, error) {
	return nil, errors.ErrUnsupported
}

// Kill does nothing.
func (p *Process) Kill() error { return nil }

// AwaitAlone does nothing.
func (p *Process) AwaitAlone() {}

// LastLine is "".
func (p *Process) LastLine() string { return "" }

// LastLines is "".
func (p *Process) LastLines() string { return "" }
