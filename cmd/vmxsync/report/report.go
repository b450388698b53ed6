package report

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// Output is what a report needs of the output of the program.
type Output interface {
	session.Reporter
	Record(err error)   // to transcript and log; printed later
	Warned() []string   // so far
	Transcript() []byte // so far
	Silent() bool       // -quiet was given
	LogOnly(level slog.Level, text string)
	LogErr() error // why lines of the log were lost
}

// Apply is what an apply reports and to whom, as far as it is known by now; empty if no
// apply has begun or it was not approved.
type Apply struct {
	env *session.Env
	out Output

	recorded, reported bool // the error is in transcript and log; the notifications were sent

	facts
	Progress // the record by which the next apply detects that this one did not end
}

// facts are what is known of the apply.
type facts struct {
	active   bool
	begun    bool // the notifications of its start were sent
	hooks    []config.Hook
	notifies []config.Notify
	secrets  providers.Secrets
	metrics  *config.Metrics
	report   notify.Report
	dir      string      // of the configuration; "" if unknown
	read     *diff.Input // read for the plan that this apply made itself; nil if it made none
	notes    statedir.Notes
	changes  []diff.Change           // of that plan
	sent     map[string]state.Proven // how sets are proven that it sends, by destination
	outcomes []outcome.Outcome
	unsent   int                      // notifications that failed
	records  map[string]*known.Record // that the apply left at destinations, by name
	began    time.Time                // of the machine's clock, even if VMXSYNC_NOW is set
}

// New returns the report of an apply that has not begun.
func New(env *session.Env, out Output) *Apply { return &Apply{env: env, out: out} }

// Reported reports whether the notifications of its end were sent.
func (a *Apply) Reported() bool { return a.reported }

// Withdraw forgets the apply: it was not approved, or did not begin.
func (a *Apply) Withdraw() { a.facts = facts{} }

// Configured sets up the report of an apply that makes its plan itself.
func (a *Apply) Configured(c session.Config) {
	spec := c.Spec
	a.facts = facts{active: true, hooks: spec.Hooks, notifies: spec.Notifies, metrics: spec.Metrics, secrets: c.Secrets, report: newReport(a.env), dir: spec.Dir, began: time.Now()}
	a.report.Name = spec.Name
	a.report.Run = session.NewRunID(a.env.Now())
}

// Broken sets up the report of an apply whose configuration is invalid. It is sent to the
// notify blocks that could be read in spite of the errors, and to those of the last valid
// configuration.
func (a *Apply) Broken(c session.Config) {
	secrets := c.Secrets
	if secrets == nil {
		secrets = secret.Resolver{Env: a.env.Lookup}.Resolve
	}
	a.facts = facts{active: true, notifies: c.Salvaged.Notifies, secrets: withEnvironment(secrets, a.env.Lookup), report: newReport(a.env), began: time.Now()}
	a.report.Name = c.Salvaged.Name
	name, last := lastNotifies(a.env, c.Salvaged)
	a.report.Name = cmp.Or(a.report.Name, name)
	a.notifies = append(a.notifies, last...)
}

// Saved sets up the report of an apply of a saved plan that passed its checks.
func (a *Apply) Saved(saved *planfile.Saved) {
	if !a.active {
		a.report, a.began = newReport(a.env), time.Now()
		a.secrets = secret.Resolver{Env: a.env.Lookup}.Resolve // until the variables have been asked for
	}
	a.active, a.hooks, a.notifies, a.metrics = true, saved.Plan.Hooks, saved.Plan.Notifies, saved.Plan.Metrics
	if a.dir == "" && len(saved.Plan.Config) > 0 {
		a.dir = filepath.Dir(saved.Plan.Config[0].Path)
	}
	a.report = a.report.Of(saved.Plan)
	a.report.Guard = render.NewView(saved.Plan).Guard
	a.report.Run, a.report.Plan = saved.Envelope.RunID, saved.ID
}

// Resolve sets what finds the secrets of the notifications.
func (a *Apply) Resolve(secrets providers.Secrets) { a.secrets = secrets }

// Planned adds the plan that this apply made itself, and what was read for it.
func (a *Apply) Planned(p session.Planned) {
	a.read, a.changes, a.sent = &p.Input, p.Plan.Changes, p.World.SentProofs(p.Input.Now)
}

// Dir is the directory of the configuration; "" if unknown.
func (a *Apply) Dir() string { return a.dir }

// Run is the name of this apply; "" if it has none yet.
func (a *Apply) Run() string { return a.report.Run }

func newReport(env *session.Env) notify.Report {
	return notify.Report{Format: notify.Format, Result: notify.Pending, Host: session.Host(), Started: env.Now().UTC()}
}

// Warnings is the number of warnings so far.
func (a *Apply) Warnings() int { return len(a.now().Warnings) }

// now returns the report with all warnings so far.
func (a *Apply) now() notify.Report {
	r := a.report
	r.Warnings = slices.Concat(r.Warnings, a.out.Warned())
	return r
}

// Skipped notes that a hook postponed the apply.
func (a *Apply) Skipped() { a.report.Result = notify.Skipped }

// Results adds the outcomes of the changes.
func (a *Apply) Results(r outcome.Result, causes []outcome.Cause) {
	if r.Outcomes == nil {
		return // no change was begun
	}
	a.outcomes, a.records = r.Outcomes, r.Known
	a.report = withResults(a.report, r, causes)
}

// LeftOut adds that a destination was left out of the plan, for that reason.
func (a *Apply) LeftOut(place string, why notify.Problem, notices []diff.Notice) {
	a.report = withoutPlace(a.report, place, why, notices)
}

// Start reports, once, that an apply begins that needs no more approval.
func (a *Apply) Start(ctx context.Context) {
	if a.begun {
		return
	}
	a.begun = true
	if a.dir != "" {
		a.report.Unfinished = a.Progress.begin(ctx, a.env, a.dir, lastrun.Record{Name: a.report.Name, Run: a.report.Run})
	}
	if a.metrics != nil { // if that fails, it is reported at the end
		notify.MarkRunning(a.metrics.Textfile, a.report, a.env.Now())
	}
	a.notifyAll(ctx, config.VerdictStart)
}

// End runs the hooks after an apply, writes the metrics and sends the notifications. sent
// is the number of bytes that were sent. None of this changes the result of the apply.
func (a *Apply) End(ctx context.Context, err error, sent int64) {
	defer func() {
		a.Progress.end(a.env, lastrun.Record{Run: a.report.Run, Result: string(a.report.Result), ExitCode: failure.ExitCode(err), Unsent: a.unsent, Sent: sent})
	}()
	if !a.recorded {
		a.out.Record(err)
	}
	a.recorded = true
	if !a.active {
		return
	}
	a.reported = true
	a.report = ended(a.report, err, time.Since(a.began))
	if !errors.Is(err, context.Canceled) { // an interrupted apply has not ended
		a.runHooksAfter(ctx)
	}
	a.reportEnd(context.WithoutCancel(ctx))
	a.keepNotes()
}
