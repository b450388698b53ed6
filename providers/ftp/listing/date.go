package listing

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// errNoDate: what follows the size has not even the shape of a date.
var errNoDate = errors.New("no date")

// cutDate reads the date before a name. The name begins after one blank. A date
// that has the shape of one and is none, as "Feb 29 10:04" in a year without that
// day or "24:00", is no reason to lose the entry: its time is zero, not known.
func cutDate(text string, now time.Time) (t time.Time, name string, err error) {
	for _, form := range []func(string, time.Time) (time.Time, string, error){cutISO, cutYearFirst, cutDayAndMonth} {
		t, rest, err := form(text, now)
		if err == errNoDate {
			continue
		}
		name, blank := strings.CutPrefix(rest, " ")
		if err == nil && !blank {
			err = ErrNotUnderstood
		}
		return t, name, err
	}
	return time.Time{}, "", errNoDate
}

// cutISO reads "2024-01-13 09:30", and with seconds a zone behind them.
func cutISO(text string, _ time.Time) (time.Time, string, error) {
	day, rest := Column(text)
	if len(day) != len(time.DateOnly) {
		return time.Time{}, "", errNoDate // most lines have no such date, and an error takes time
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return time.Time{}, "", errNoDate
	}
	clock, rest := Column(rest)
	if zone, after := Column(rest); len(clock) > len("15:04") {
		if t, err := time.Parse("2006-01-02 15:04:05 -0700", day+" "+clock+" "+zone); err == nil {
			return t.UTC(), after, nil
		}
	}
	t, ok := parseAny([]string{"2006-01-02 15:04", "2006-01-02 15:04:05"}, day+" "+clock)
	if !ok && !isClock(clock) {
		return t, "", ErrNotUnderstood
	}
	return t, rest, nil
}

// cutYearFirst reads "2024年 1月 13日". A time of the day behind it could as
// well begin the name.
func cutYearFirst(text string, _ time.Time) (time.Time, string, error) {
	if !strings.Contains(text, "年") {
		return time.Time{}, "", errNoDate
	}
	year, _ := Column(strings.ReplaceAll(text, "年", "年 "))
	if !strings.HasSuffix(year, "年") {
		return time.Time{}, "", errNoDate
	}
	text = text[strings.Index(text, "年")+len("年"):]
	word, rest := Column(text)
	if before, after, joined := strings.Cut(word, "月"); joined && after != "" {
		word, rest = before+"月", after+rest
	}
	number, rest := Column(rest)
	month, day := monthOf(word), dayOf(number)
	if clock, _ := Column(rest); month == 0 || day == 0 || isClock(clock) {
		return time.Time{}, "", ErrNotUnderstood
	}
	return dated(yearOf(year), month, day, 0, 0, 0), rest, nil
}

// cutDayAndMonth reads "Jan 13", "13. Jan" or "1月 13日", and what tells the
// year.
func cutDayAndMonth(text string, now time.Time) (time.Time, string, error) {
	first, rest := Column(text)
	second, rest := Column(rest)
	word, number := first, second
	if dayOf(first) != 0 {
		word, number = second, first
	}
	month, day := monthOf(word), dayOf(number)
	clock, _ := Column(rest)
	shaped := day != 0 && word != "" && !isDigits(word) && (isClock(clock) || yearOf(clock) != 0)
	switch {
	case !shaped:
		return time.Time{}, "", errNoDate
	case month == 0:
		return time.Time{}, "", errors.New("unknown month")
	}
	return cutYear(month, day, rest, now)
}

// cutYear reads "2024", "09:30" of the last such day, or "09:30:15 2024".
func cutYear(month time.Month, day int, text string, now time.Time) (time.Time, string, error) {
	clock, rest := Column(text)
	if year := yearOf(clock); year != 0 {
		return dated(year, month, day, 0, 0, 0), rest, nil
	}
	if strings.Count(clock, ":") == 2 {
		word, rest := Column(rest)
		year := yearOf(word)
		at, err := time.Parse("15:04:05", clock)
		switch {
		case year == 0:
			return time.Time{}, "", ErrNotUnderstood
		case err != nil:
			return time.Time{}, rest, nil
		}
		return dated(year, month, day, at.Hour(), at.Minute(), at.Second()), rest, nil
	}
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return time.Time{}, rest, nil
	}
	return lastBefore(now.UTC().Add(24*time.Hour), month, day, at), rest, nil
}

// lastBefore puts a day and time into the latest year that has it before the
// limit, which leaves room for a server in a zone ahead of UTC; zero where
// neither of two years has.
func lastBefore(limit time.Time, month time.Month, day int, at time.Time) time.Time {
	for year := limit.Year(); year > limit.Year()-2; year-- {
		t := dated(year, month, day, at.Hour(), at.Minute(), 0)
		if !t.IsZero() && !t.After(limit) {
			return t
		}
	}
	return time.Time{}
}

// dated is zero for days that the month does not have, and the year 0.
func dated(year int, month time.Month, day, hour, minute, second int) time.Time {
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	if year == 0 || t.Day() != day {
		return time.Time{}
	}
	return t
}

// yearOf is 0 for what is no year.
func yearOf(s string) int {
	s = strings.TrimSuffix(strings.TrimSuffix(s, "年"), "년")
	if len(s) != 4 || !isDigits(s) {
		return 0
	}
	year, _ := strconv.Atoi(s)
	return year
}

// dayOf is 0 for what is no day.
func dayOf(s string) int {
	for _, mark := range []string{".", "日", "일"} {
		s = strings.TrimSuffix(s, mark)
	}
	if len(s) > 2 || !isDigits(s) {
		return 0
	}
	day, _ := strconv.Atoi(s)
	return day
}

// isClock tells what looks like a time of the day, in whatever detail.
func isClock(s string) bool {
	hour, minute, ok := strings.Cut(s, ":")
	return ok && len(hour) <= 2 && isDigits(hour) && len(minute) >= 2 && isDigits(strings.ReplaceAll(minute, ":", ""))
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func parseAny(layouts []string, value string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, value); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
