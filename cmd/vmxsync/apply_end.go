package main

import (
	"context"
	"log/slog"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/report"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state/config"
)

// beginReport sets up the report of an apply that makes its plan itself, and its log.
func beginReport(out *ui.UI, env *session.Env, rep *report.Apply, c session.Config) {
	rep.Configured(c)
	startLog(out, env, "apply begins", c.Spec.Log)
	report.KeepNotifies(env, c.Spec)
}

// savedReport sets up the report of an apply of a saved plan that passed its checks, and
// its log.
func savedReport(out *ui.UI, env *session.Env, rep *report.Apply, saved *planfile.Saved) {
	rep.Saved(saved)
	startLog(out, env, "apply begins", saved.Plan.Log)
	out.Log().Plan(saved)
}

// startLog opens the log of an apply or a restore. If it cannot be written, that is a
// warning.
func startLog(out *ui.UI, env *session.Env, begins string, log *config.Log) {
	if log == nil || out.Log() != nil {
		return
	}
	opened, err := ui.OpenLog(*log)
	if err != nil {
		out.WarnOf("The log cannot be written", err)
		return
	}
	out.SetLog(opened)
	opened.Add(slog.LevelInfo, begins, "host", session.Host(), "version", env.Version)
}

// finish ends the report of an apply, and then its log: nothing that happens afterwards
// is logged. sent is the number of bytes that were sent.
func finish(ctx context.Context, out *ui.UI, rep *report.Apply, err error, sent int64) error {
	err = undelivered(out, err, undeliveredApplyHint)
	rep.End(ctx, err, sent)
	out.Log().Add(slog.LevelInfo, "apply ended", "exit_code", failure.ExitCode(err))
	out.Log().Close()
	return err
}
