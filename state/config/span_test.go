package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

func TestParseSpan_printsBackToItself(t *testing.T) {
	for _, text := range []string{"1y6mo2w3d12h", "3d", "12h", "1y", "18mo", "2w1h"} {
		s, err := config.ParseSpan(text)
		if err != nil || s.String() != text {
			t.Errorf("%s: got %s, %v", text, s, err)
		}
	}
}

func TestParseSpan_refusesAndSaysWhatToWrite(t *testing.T) {
	for text, want := range map[string]string{
		"":             `write it as "1y6mo2w3d12h"`,
		"3":            "in this order",
		"d":            "in this order",
		"3d3d":         "each once",
		"1mo1y":        "in this order",
		"-3d":          "in this order",
		"3d ":          "in this order",
		"3m":           `write "mo" for months`,
		"1y2m":         `write "mo" for months`,
		"0d":           "it is zero",
		"0y0h":         "it is zero",
		"1000000d":     "too long",
		"99999999999y": "too long",
	} {
		if s, err := config.ParseSpan(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v; want an error with %q", text, s, err, want)
		}
	}
}

func TestSpan_BeforeGoesBackInTheCalendar(t *testing.T) {
	for _, tt := range []struct{ span, from, want string }{
		{"1mo", "2026-03-31-020000", "2026-03-03-020000"},
		{"1mo", "2028-03-31-020000", "2028-03-02-020000"},
		{"1y", "2028-02-29-000000", "2027-03-01-000000"},
		{"1w1d", "2027-01-03-000000", "2026-12-26-000000"},
		{"1d3h", "2026-03-01-020000", "2026-02-27-230000"},
	} {
		s, err := config.ParseSpan(tt.span)
		if got := state.NewStamp(s.Before(state.Stamp(tt.from).Civil())); err != nil || string(got) != tt.want {
			t.Errorf("%s before %s: got %s, %v; want %s", tt.span, tt.from, got, err, tt.want)
		}
	}
}

func FuzzParseSpan(f *testing.F) {
	for _, seed := range []string{"1y6mo2w3d12h", "3m", "0d", "1mo1y", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := config.ParseSpan(text)
		if err != nil {
			return
		}
		again, err := config.ParseSpan(s.String())
		if err != nil || again != s || !s.Before(time.Unix(0, 0)).Before(time.Unix(0, 0)) {
			t.Errorf("%q: %v prints as %s, which reads as %v, %v", text, s, s, again, err)
		}
	})
}
