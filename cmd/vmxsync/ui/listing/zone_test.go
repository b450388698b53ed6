package listing

import (
	"encoding/json"
	"testing"
	"time"
)

// A zone with only its rules gives the same times as the zone that it was made from.
func TestZone_rulesReplaceTheName(t *testing.T) {
	until := time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := json.Marshal(Zone{Changes: zoneChanges(loc, until)})
		if err != nil {
			t.Fatal(err)
		}
		var z Zone
		if err := json.Unmarshal(doc, &z); err != nil {
			t.Fatal(err)
		}
		got, err := z.Location()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for at := time.Date(2000, 1, 1, 0, 30, 0, 0, time.UTC); at.Before(until); at = at.Add(7 * time.Hour) {
			if g, w := at.In(got).Format(time.RFC3339+" MST"), at.In(loc).Format(time.RFC3339+" MST"); g != w {
				t.Fatalf("%s: got %s, want %s", name, g, w)
			}
		}
	}
}

func TestZone_refusesInvalidZones(t *testing.T) {
	at := time.Unix(0, 0)
	for name, z := range map[string]Zone{
		"nothing":  {},
		"unknown":  {Name: "Nowhere/Town"},
		"offset":   {Changes: []zoneChange{{OffsetSeconds: 1 << 20}}},
		"order":    {Changes: []zoneChange{{}, {From: at}, {From: at}}},
		"too many": {Changes: make([]zoneChange, maxChanges+1)},
	} {
		if loc, err := z.Location(); err == nil {
			t.Errorf("%s: got %v, want an error", name, loc)
		}
	}
}
