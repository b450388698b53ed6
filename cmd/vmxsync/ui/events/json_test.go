package events_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/events"
	"github.com/vmxsync/vmxsync/diff"
)

// Every event is a line, with its own name and what it knows; names are a promise.
func TestJSON_printsEveryEvent(t *testing.T) {
	const address = "nas/web01/2026-11-20-010000"
	err := errors.New("530 no")
	for _, c := range []struct {
		event event.Event
		want  string
	}{
		{event.Started{Changes: 2, Bytes: 9}, `{"type":"begun","changes":2,"bytes":9}`},
		{event.ChangeStarted{Address: address, Action: diff.Create, Bytes: 9, Sends: true}, `{"type":"started","address":"A","action":"create","bytes":9}`},
		{event.ChangeStarted{Address: "nas"}, `{"type":"started","address":"nas"}`},
		{event.Progress{Address: address, Path: "disk", Sent: 3, Size: 9}, `{"type":"progress","address":"A","path":"disk","sent":3,"bytes":9}`},
		{event.Comparing{Address: address, Path: "disk", Read: 3, Size: 9}, `{"type":"comparing","address":"A","path":"disk","read":3,"bytes":9}`},
		{event.Scarce{Place: "nas", Free: 3, Need: 9}, `{"type":"scarce","address":"nas","bytes":9,"free":3}`},
		{event.Skewed{Place: "nas", By: -2 * time.Hour}, `{"type":"skewed","address":"nas","by":"-2h0m0s"}`},
		{event.Waiting{Address: address, For: 90 * time.Second}, `{"type":"waiting","address":"A","for":"1m30s"}`},
		{event.Locked{Destination: "nas", Err: err}, `{"type":"locked","address":"nas","error":"530 no"}`},
		{event.Unrecorded{Destination: "nas", Err: err}, `{"type":"unrecorded","address":"nas","error":"530 no"}`},
		{event.StepDone{Address: address, Step: "s1"}, `{"type":"step","address":"A","step":"s1"}`},
		{event.ChangeDone{Address: address, Action: diff.Delete, Bytes: 9, Earlier: true}, `{"type":"done","address":"A","action":"delete","bytes":9,"earlier":true}`},
		{event.Failed{Address: address, Err: err}, `{"type":"failed","address":"A","error":"530 no"}`},
		{event.Cancelled{Address: address, Err: err}, `{"type":"cancelled","address":"A","error":"530 no"}`},
		{event.Skipped{Address: address, Err: err}, `{"type":"skipped","address":"A","error":"530 no"}`},
		{event.Postponed{Address: address, Err: err}, `{"type":"postponed","address":"A","error":"530 no"}`},
		{event.Remark{Address: address, Text: "a \u202e"}, `{"type":"remark","address":"A","text":"a \u202e"}`},
		{event.Restoring{Address: address, Folder: "f", Bytes: 9}, `{"type":"restoring","address":"A","folder":"f","bytes":9}`},
		{event.Fetching{Address: address, Path: "disk", Received: 3, Size: 9}, `{"type":"fetching","address":"A","path":"disk","received":3,"bytes":9}`},
		{event.Restored{Address: address, Folder: "f", Bytes: 9, Unchanged: true}, `{"type":"restored","address":"A","folder":"f","bytes":9,"unchanged":true}`},
		{event.RestoreEnded{Sets: 1, Fetched: 9, Elapsed: time.Second}, `{"type":"restore_summary","restored":1,"fetched_bytes":9,"seconds":1}`},
		{event.Verifying{Address: address, Bytes: 9}, `{"type":"verifying","address":"A","bytes":9}`},
		{event.Verified{Address: address, Verdict: "sum", Files: 2}, `{"type":"verified","address":"A","verdict":"sum","files":2}`},
		{event.VerifyEnded{Proven: 3, Bad: 1, Read: 9, Elapsed: time.Second}, `{"type":"verify_summary","proven":3,"bad":1,"read_bytes":9,"seconds":1}`},
		{event.Finished{}, `{"type":"summary","summary":{"added":0,"changed":0,"destroyed":0,"failed":0,"uploaded_bytes":0,"freed_bytes":0,"seconds":0}}`},
	} {
		var out, stderr bytes.Buffer
		u := ui.New(&out, &stderr, ui.Style{})
		u.JSON = true
		events.New(u, nil).Event(c.event)
		got := regexp.MustCompile(`"time":"[^"]+",?`).ReplaceAllString(out.String(), "")
		if want := strings.ReplaceAll(c.want, `"A"`, `"`+address+`"`) + "\n"; got != want {
			t.Errorf("%T:\n got %s\nwant %s", c.event, got, want)
		}
	}
}
