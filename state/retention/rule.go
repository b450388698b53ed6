package retention

import (
	"fmt"
	"strconv"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// rule keeps the newest candidate of each period: of the newest n periods that
// have one, or of all inside a window.
type rule struct {
	name   string
	n      int    // -1: unlimited
	period period // nil: each candidate is its own period
	span   config.Span
	cutoff state.Stamp // of the window, which begins after it; "": no window
	oldest bool        // the oldest candidate stays as well while n is not used up
}

// decide gives every candidate, newest first, a reason to be kept or deleted.
func (r rule) decide(candidates []*member) {
	w := walk{rule: r}
	for i, c := range candidates {
		switch {
		case r.cutoff != "" && c.key.Stamp <= r.cutoff:
			c.drop(w.outside())
		case !w.enters(c):
			c.drop(w.superseded())
			if r.oldest && i == len(candidates)-1 && !w.full() {
				c.keep(Reason{Rule: "oldest", Bucket: w.bucket, Text: "oldest (" + r.name + ")"})
			}
		case w.full():
			c.drop(w.quota())
		default:
			w.choose(c)
		}
	}
}

// walk is one rule on its way from the newest candidate to the oldest. Reasons
// to delete are shared by all candidates that they hold for.
type walk struct {
	rule
	used   int
	last   *member // that was chosen
	bucket string  // of last
	gone   struct{ outside, superseded, quota *Reason }
}

func (w *walk) full() bool { return w.n >= 0 && w.used >= w.n }

// enters reports whether the candidate is in another period than the last one
// that was chosen.
func (w *walk) enters(c *member) bool {
	return w.last == nil || w.period == nil || w.period(c.key.Stamp) != w.bucket
}

func (w *walk) choose(c *member) {
	w.used++
	w.last, w.gone.superseded = c, nil
	if w.period != nil {
		w.bucket = w.period(c.key.Stamp)
	}
	c.keep(Reason{Rule: w.name, N: w.used, Of: w.n, Bucket: w.bucket, Cutoff: string(w.cutoff), Text: w.chosenText()})
}

// chosenText is "daily 3 of 7 (2026-03-18)", "last 3, unlimited",
// "within 3d (since 2026-03-18)" or "within_daily 2w (2026-03-18)".
func (w *walk) chosenText() string {
	text := w.name
	switch {
	case w.cutoff != "":
		text += " " + w.span.String()
	case w.n < 0:
		text += " " + strconv.Itoa(w.used) + ", unlimited"
	default:
		text += " " + strconv.Itoa(w.used) + " of " + strconv.Itoa(w.n)
	}
	switch {
	case w.period != nil:
		text += " (" + w.bucket + ")"
	case w.cutoff != "":
		text += " (since " + short(w.cutoff) + ")"
	}
	return text
}

func (w *walk) superseded() *Reason {
	if w.gone.superseded == nil {
		by := string(w.last.key.Stamp)
		w.gone.superseded = &Reason{
			Rule: w.name, Code: Superseded, Bucket: w.bucket, By: by,
			Text: "superseded in " + w.bucket + " by " + by,
		}
	}
	return w.gone.superseded
}

func (w *walk) quota() *Reason {
	if w.gone.quota == nil {
		by := string(w.last.key.Stamp)
		w.gone.quota = &Reason{
			Rule: w.name, Code: Quota, N: w.n, Of: w.n, By: by,
			Text: fmt.Sprintf("quota %s %d of %d reached at %s", w.name, w.n, w.n, by),
		}
	}
	return w.gone.quota
}

func (w *walk) outside() *Reason {
	if w.gone.outside == nil {
		w.gone.outside = &Reason{
			Rule: w.name, Code: Outside, Cutoff: string(w.cutoff),
			Text: "older than the window that begins " + short(w.cutoff),
		}
	}
	return w.gone.outside
}

// short leaves out a time of midnight.
func short(s state.Stamp) string {
	if d := day(s); string(s) == d+"-000000" {
		return d
	}
	return string(s)
}
