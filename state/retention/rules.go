package retention

import (
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// rules are the active rules of a policy. Windows end at the newest candidate,
// not now: when backups stop, nothing expires.
func rules(p config.Policy, newest state.Stamp) []rule {
	var active []rule
	for _, r := range []rule{
		{name: "last", n: p.KeepLast},
		{name: "hourly", n: p.KeepHourly, period: hour},
		{name: "daily", n: p.KeepDaily, period: day},
		{name: "weekly", n: p.KeepWeekly, period: week()},
		{name: "monthly", n: p.KeepMonthly, period: month},
		{name: "yearly", n: p.KeepYearly, period: year},
		{name: "within", span: p.KeepWithin},
		{name: "within_hourly", span: p.KeepWithinHourly, period: hour},
		{name: "within_daily", span: p.KeepWithinDaily, period: day},
		{name: "within_weekly", span: p.KeepWithinWeekly, period: week()},
		{name: "within_monthly", span: p.KeepWithinMonthly, period: month},
		{name: "within_yearly", span: p.KeepWithinYearly, period: year},
	} {
		if !r.span.IsZero() {
			r.n, r.cutoff = unlimited, before(newest, r.span)
		}
		if r.n != 0 {
			r.oldest = p.KeepOldest
			active = append(active, r)
		}
	}
	return active
}

// unlimited is the number of a rule that keeps all.
const unlimited = -1

// before is the civil time one span before another; the first of all times
// where the calendar of names does not reach back so far.
func before(t state.Stamp, span config.Span) state.Stamp {
	at := span.Before(t.Civil())
	if at.Year() < 0 {
		return "0000-01-01-000000"
	}
	return state.NewStamp(at)
}

// keepAll is the base of a policy that thins nothing.
func keepAll(candidates []*member) {
	for _, c := range candidates {
		c.keep(Reason{Rule: "keep_all", Text: "keep_all"})
	}
}
