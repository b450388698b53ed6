package main

import (
	"log/slog"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/events"
	"github.com/vmxsync/vmxsync/state"
)

// startLog opens the log of an apply. If it cannot be written, that is a warning.
func (p *process) startLog(log *state.Log) {
	if log == nil || p.ui.Log() != nil {
		return
	}
	opened, err := ui.OpenLog(*log)
	if err != nil {
		p.ui.WarnOf("The log cannot be written", err)
		return
	}
	p.ui.SetLog(opened)
	opened.Add(slog.LevelInfo, "apply begins", "host", p.applyReport.report.Host, "version", version)
}

// warnOfLog warns that lines of the log were lost, before the notifications are sent.
func (p *process) warnOfLog() {
	if err := p.ui.Log().Err(); err != nil {
		p.ui.WarnOf("The log is incomplete", err)
	}
}

// endLog comes last: nothing that happens afterwards is logged.
func (p *process) endLog(err error) {
	p.ui.Log().Add(slog.LevelInfo, "apply ended", "exit_code", failure.ExitCode(err))
	p.ui.Log().Close() // warnOfLog has reported its errors
}

// logged returns a function that logs each event, notes progress and passes it on.
func (p *process) logged(next func(apply.Event)) func(apply.Event) {
	return func(e apply.Event) {
		p.transfers.Event(e)
		p.applyReport.run.event(e, p.transfers)
		events.Log(p.ui, e)
		next(e)
	}
}
