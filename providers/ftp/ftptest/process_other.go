//go:build !linux

package ftptest

import "errors"

// process is never started here: the real servers run on Linux only.
type process struct{ done chan struct{} }

func startProcess(_, _ []string, _ string) (*process, error) {
	return nil, errors.ErrUnsupported
}

func (p *process) kill() error      { return nil }
func (p *process) awaitAlone()      {}
func (p *process) lastLine() string { return "" }
