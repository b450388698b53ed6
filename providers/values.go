package providers

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time that the configuration writes as "15s", "10m"
// or "36h". It is never negative.
type Duration time.Duration

// UnmarshalText reads Go's duration syntax; a bare number is an error.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a duration: write it as \"15s\", \"10m\" or \"36h\"", text)
	}
	*d = Duration(v)
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d Duration) String() string {
	s := time.Duration(d).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

// Size is a number of bytes that the configuration writes as "20MiB" or
// "500GB". It is never negative and stays below 2^53.
type Size int64

var sizeUnits = []struct {
	suffix string
	factor float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"PiB", 1 << 50},
	{"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"PB", 1e15}, {"B", 1},
}

// UnmarshalText reads a number with a unit.
func (s *Size) UnmarshalText(text []byte) error {
	in := strings.TrimSpace(string(text))
	for _, u := range sizeUnits {
		number, ok := strings.CutSuffix(in, u.suffix)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(v >= 0) || v*u.factor >= 1<<53 {
			break
		}
		*s = Size(math.Round(v * u.factor))
		return nil
	}
	return fmt.Errorf("%q is not a size: write it as \"20MiB\" or \"500GB\"", text)
}

// MarshalText writes what UnmarshalText reads, exactly.
func (s Size) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%dB", int64(s)), nil }

// Switch is "true" or "false", and "" where the configuration says neither: in
// nested blocks the zero value of an attribute stands for its default.
type Switch string

// UnmarshalText reads true or false.
func (s *Switch) UnmarshalText(text []byte) error {
	if string(text) != "true" && string(text) != "false" {
		return fmt.Errorf("%q is not true or false", text)
	}
	*s = Switch(text)
	return nil
}

// Or is the value that was set, or else the default.
func (s Switch) Or(byDefault bool) bool {
	if s == "" {
		return byDefault
	}
	return s == "true"
}
