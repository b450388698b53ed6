package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Span is a duration of the calendar: "1y6mo2w3d12h". Months and years have
// the length that they have where they are counted. The zero value is none.
type Span struct{ Years, Months, Weeks, Days, Hours int }

// units are the parts of a span in the order in which they are written.
func (s *Span) units() []spanUnit {
	return []spanUnit{{"y", &s.Years}, {"mo", &s.Months}, {"w", &s.Weeks}, {"d", &s.Days}, {"h", &s.Hours}}
}

type spanUnit struct {
	name string
	n    *int
}

// maxSpan bounds each part of a span: no calendar reaches further.
const maxSpan = 999_999

// ParseSpan reads what String writes: each unit once at most, in the order y,
// mo, w, d, h, and not all of them zero.
func ParseSpan(text string) (Span, error) {
	var s Span
	rest := text
	for _, u := range s.units() {
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		tail, ok := strings.CutPrefix(rest[len(digits):], u.name)
		if !ok || digits == "" {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n > maxSpan {
			return Span{}, fmt.Errorf("%q is not a duration: %s%s is too long", text, digits, u.name)
		}
		*u.n, rest = n, tail
	}
	unit := strings.TrimLeft(rest, "0123456789")
	switch {
	case text == "":
		return Span{}, fmt.Errorf("%q is not a duration: write it as \"1y6mo2w3d12h\"", text)
	case strings.HasPrefix(unit, "m") && !strings.HasPrefix(unit, "mo"):
		return Span{}, fmt.Errorf("%q is not a duration of days and months: write \"mo\" for months; minutes are too short for sets", text)
	case rest != "":
		return Span{}, fmt.Errorf("%q is not a duration: write years, months, weeks, days and hours in this order, each once, as in \"1y6mo2w3d12h\"", text)
	case s == Span{}:
		return Span{}, fmt.Errorf("%q is not a duration: it is zero", text)
	}
	return s, nil
}

// UnmarshalText is ParseSpan.
func (s *Span) UnmarshalText(text []byte) error {
	parsed, err := ParseSpan(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}

// MarshalText is String.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String leaves out what is zero; the zero value is "0h".
func (s Span) String() string {
	var b strings.Builder
	for _, u := range s.units() {
		if *u.n != 0 {
			fmt.Fprintf(&b, "%d%s", *u.n, u.name)
		}
	}
	if b.Len() == 0 {
		return "0h"
	}
	return b.String()
}

// IsZero reports whether it is no span at all.
func (s Span) IsZero() bool { return s == Span{} }

// Before is the time one span before t: first the date goes back, normalised
// as time.AddDate does (31 March less 1 month is 2 or 3 March), then the hours.
func (s Span) Before(t time.Time) time.Time {
	return t.AddDate(-s.Years, -s.Months, -7*s.Weeks-s.Days).Add(-time.Duration(s.Hours) * time.Hour)
}

// After is the time one span after t, as Before is the one before it.
func (s Span) After(t time.Time) time.Time {
	return t.AddDate(s.Years, s.Months, 7*s.Weeks+s.Days).Add(time.Duration(s.Hours) * time.Hour)
}
