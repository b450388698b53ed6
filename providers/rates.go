package providers

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Rates is how fast content may move: "20MiB/s", "off", or a timetable in the
// way of rclone, "08:00,2MiB/s 19:00,off" or "Mon-08:00,512KiB/s Sat-00:00,off".
// A time without a weekday stands for all seven; what holds last in the week
// holds on until the first time of the next. The zero value is "off".
type Rates struct {
	text    string
	changes []change // by minute
}

// change is the rate that holds from a minute of the week on.
type change struct {
	minute int  // since Sunday 00:00
	rate   Size // bytes per second; 0: no limit
}

// minRate is below what any line gives. Less would be cut into single bytes.
const minRate = 1 << 10

const minutesPerDay = 24 * 60

// At is the rate in bytes per second at that time, in its own zone; 0 is no
// limit.
func (r Rates) At(now time.Time) int64 {
	if len(r.changes) == 0 {
		return 0
	}
	minute := int(now.Weekday())*minutesPerDay + now.Hour()*60 + now.Minute()
	holds := r.changes[len(r.changes)-1]
	for _, c := range r.changes {
		if c.minute > minute {
			break
		}
		holds = c
	}
	return int64(holds.rate)
}

// Pace is a pace of these rates by the clock of this machine; nil if there is
// never a limit.
func (r Rates) Pace() *Pace {
	if !slices.ContainsFunc(r.changes, func(c change) bool { return c.rate > 0 }) {
		return nil
	}
	return NewPace(r.At)
}

// IsZero reports whether nothing was set.
func (r Rates) IsZero() bool { return r.text == "" }

// String is the text that the rates were read from.
func (r Rates) String() string {
	if r.IsZero() {
		return "off"
	}
	return r.text
}

// MarshalText writes what UnmarshalText reads.
func (r Rates) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads one rate, or a timetable.
func (r *Rates) UnmarshalText(text []byte) error {
	words := strings.Fields(string(text))
	changes, err := parseRates(words)
	if err != nil {
		return fmt.Errorf("%q: %w", text, err)
	}
	*r = Rates{text: strings.Join(words, " "), changes: changes}
	return nil
}

func parseRates(words []string) ([]change, error) {
	if len(words) == 1 && !strings.Contains(words[0], ",") {
		rate, err := parseRate(words[0])
		return []change{{rate: rate}}, err
	}
	var all []change
	for _, word := range words {
		more, err := parseEntry(word)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, sortChanges(all)
}

func sortChanges(all []change) error {
	if len(all) == 0 {
		return errNoRate
	}
	slices.SortFunc(all, func(a, b change) int { return a.minute - b.minute })
	for i := 1; i < len(all); i++ {
		if m := all[i].minute; m == all[i-1].minute {
			return fmt.Errorf("two rates begin at %s %02d:%02d", time.Weekday(m/minutesPerDay), m%minutesPerDay/60, m%60)
		}
	}
	return nil
}

var errNoRate = errors.New(`this is not a rate: write it as "20MiB/s", "off", or a timetable like "08:00,2MiB/s 19:00,off"`)

func parseRate(word string) (Size, error) {
	if word == "off" {
		return 0, nil
	}
	number, ok := strings.CutSuffix(word, "/s")
	var rate Size
	if !ok || rate.UnmarshalText([]byte(number)) != nil {
		return 0, errNoRate
	}
	if rate < minRate {
		return 0, fmt.Errorf(`%s is below the minimum of 1KiB/s; write "off" for no limit`, word)
	}
	return rate, nil
}

// parseEntry reads "08:00,2MiB/s", which is seven changes, or
// "Mon-08:00,2MiB/s", which is one.
func parseEntry(word string) ([]change, error) {
	when, what, _ := strings.Cut(word, ",")
	rate, err := parseRate(what)
	if err != nil {
		return nil, err
	}
	days := []int{0, 1, 2, 3, 4, 5, 6}
	clock := when
	if day, rest, ok := strings.Cut(when, "-"); ok {
		n := parseWeekday(day)
		if n < 0 {
			return nil, fmt.Errorf(`%q is not a day of the week: write "Mon", "Tue" and so on`, day)
		}
		days, clock = []int{n}, rest
	}
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return nil, fmt.Errorf(`%q is not a time of day: write "08:00" or "Mon-08:00"`, when)
	}
	var out []change
	for _, day := range days {
		out = append(out, change{minute: day*minutesPerDay + t.Hour()*60 + t.Minute(), rate: rate})
	}
	return out, nil
}

// parseWeekday reads "Mon" and "Monday"; -1 is none.
func parseWeekday(text string) int {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(text, day.String()) || strings.EqualFold(text, day.String()[:3]) {
			return int(day)
		}
	}
	return -1
}
