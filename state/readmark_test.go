package state_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

func readMark() state.ReadMark {
	return state.ReadMark{
		Run: "20261121T010000Z-aaaaaaaaaaaa", Host: "pve1-0123", Lease: state.ReadLease, Until: time.Date(2026, 11, 21, 1, 10, 0, 0, time.UTC),
		Sets: []state.Key{{VM: "Bart", Stamp: "2026-11-20-010000"}, {VM: "Lisa S", Stamp: "2026-11-21-010000"}},
	}
}

func TestReadMark_roundTrip(t *testing.T) {
	want := readMark()
	got, err := state.ParseReadMark(want.Encode())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("ParseReadMark(Encode) = %+v, %v, want %+v", got, err, want)
	}
}

func TestReadMark_readsTheSetsThatItNames(t *testing.T) {
	m := readMark()
	other := state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}
	if !m.Reads(m.Sets[0]) || m.Reads(other) {
		t.Errorf("it reads %v: %v, and %v: %v", m.Sets[0], m.Reads(m.Sets[0]), other, m.Reads(other))
	}
	if none := (state.ReadMark{Sets: []state.Key{}}); none.Reads(other) {
		t.Error("a mark of no set reads one")
	}
	if torn := (state.ReadMark{}); !torn.Reads(other) {
		t.Error("a mark that cannot be read leaves a set out")
	}
}

func TestReadMark_livesForItsLease(t *testing.T) {
	m, here := readMark(), readMark().Until.Add(-time.Minute)
	there := here.Add(-9 * time.Hour) // another clock
	for name, c := range map[string]struct {
		written, there, here time.Time
		want                 bool
	}{
		"just written":                     {there, there, here, true},
		"written after the time was asked": {there.Add(time.Second), there, here, true},
		"the last second":                  {there.Add(1 - m.Lease), there, here, true},
		"over":                             {there.Add(-m.Lease), there, here, false},
		"no times, before its end":         {time.Time{}, there, here, true},
		"no times, after its end":          {time.Time{}, there, m.Until, false},
		"no lock, before its end":          {there, time.Time{}, here, true},
		"no times, and an end far ahead":   {time.Time{}, there, m.Until.Add(-48 * time.Hour), false},
	} {
		if got := m.Lives(c.written, c.there, c.here); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func FuzzParseReadMark(f *testing.F) {
	f.Add(readMark().Encode())
	f.Add([]byte(`{"format":"vmxsync.reading/1","lease_seconds":9223372036854775807,"sets":["../x"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := state.ParseReadMark(data)
		if err == nil && (m.Lease < 0 || m.Lease > state.MaxReadLease || m.Sets == nil) {
			t.Errorf("read as %+v", m)
		}
	})
}
