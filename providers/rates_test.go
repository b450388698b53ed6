package providers_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

func TestRates_holdByTheClockAndTheDay(t *testing.T) {
	for _, c := range []struct {
		text, at string // Mon 2 March 2026
		want     int64
	}{
		{"20MiB/s", "2026-03-02 03:00", 20 << 20},
		{"2MB/s", "2026-03-02 03:00", 2_000_000},
		{"off", "2026-03-02 03:00", 0},
		{"08:00,2MiB/s 19:00,off", "2026-03-02 07:59", 0},
		{"08:00,2MiB/s 19:00,off", "2026-03-02 08:00", 2 << 20},
		{"08:00,2MiB/s 19:00,off", "2026-03-02 18:59", 2 << 20},
		{"08:00,2MiB/s 19:00,off", "2026-03-02 19:00", 0},
		{"19:00,off  08:00,2MiB/s", "2026-03-01 12:00", 2 << 20},
		{"12:00,1MiB/s", "2026-03-01 00:00", 1 << 20},
		{"Mon-08:00,512KiB/s Sat-00:00,off", "2026-03-02 07:00", 0},
		{"Mon-08:00,512KiB/s saturday-00:00,off", "2026-03-06 23:59", 512 << 10},
		{"Mon-08:00,512KiB/s saturday-00:00,off", "2026-03-07 00:00", 0},
		{"Mon-00:00,512KiB/s 12:00,1MiB/s Sun-20:00,off", "2026-03-02 11:00", 512 << 10},
		{"Mon-00:00,512KiB/s 12:00,1MiB/s Sun-20:00,off", "2026-03-03 11:00", 1 << 20},
		{"Mon-00:00,512KiB/s 12:00,1MiB/s Sun-20:00,off", "2026-03-01 21:00", 0},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.at, time.Local)
		if err != nil {
			t.Fatal(err)
		}
		if got := rates(t, c.text).At(now); got != c.want {
			t.Errorf("%s at %s: got %d, want %d", c.text, c.at, got, c.want)
		}
	}
}

func rates(t *testing.T, text string) providers.Rates {
	t.Helper()
	var r providers.Rates
	if err := r.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRates_refuseWhatIsNone(t *testing.T) {
	for text, want := range map[string]string{
		"": "not a rate", "20": "not a rate", "20MiB": "not a rate", "20MiB/h": "not a rate", "08:00,": "not a rate", "-1MiB/s": "not a rate",
		"2MiB/s 19:00,off": "not a rate", "0B/s": "below the minimum", "1000B/s": "below the minimum",
		"25:00,off": "not a time of day", "Mon-,off": "not a time of day", "Mo-08:00,off": "not a day of the week",
		"08:00,off Mon-08:00,1MiB/s": "two rates begin at Monday 08:00",
	} {
		var r providers.Rates
		if err := r.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
		if !r.IsZero() {
			t.Errorf("%q: something was set", text)
		}
	}
}

func TestRates_surviveAPlanFile(t *testing.T) {
	type settings struct {
		Rate providers.Rates `json:"rate,omitzero"`
	}
	for text, want := range map[string]string{"": `{}`, "off": `{"rate":"off"}`, " 08:00,2MiB/s  19:00,off": `{"rate":"08:00,2MiB/s 19:00,off"}`} {
		var in, out settings
		if text != "" {
			in.Rate = rates(t, text)
		}
		got, err := json.Marshal(in)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
		if err := json.Unmarshal(got, &out); err != nil || out.Rate.String() != in.Rate.String() {
			t.Errorf("read back %v, %v, want %v", out.Rate, err, in.Rate)
		}
	}
}

func TestRates_withoutALimitHaveNoPace(t *testing.T) {
	for text, want := range map[string]bool{"off": false, "08:00,off": false, "1KiB/s": true, "08:00,off 09:00,1KiB/s": true} {
		if got := rates(t, text).Pace() != nil; got != want {
			t.Errorf("%s: got a pace %v, want %v", text, got, want)
		}
	}
}
