package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

// jsonPrinter writes one event per line: its name as the type, the time, and its fields,
// without those that are empty.
type jsonPrinter struct {
	ui   *ui.UI
	last time.Time // of the last progress
}

func (n *jsonPrinter) Event(e event.Event) {
	fields := e.Fields()
	switch e.(type) {
	case event.Progress, event.Comparing, event.Fetching:
		if time.Since(n.last) < time.Second {
			return
		}
		n.last = time.Now()
	case event.Finished:
		fields = []event.Field{{Name: e.Name(), Value: json.RawMessage(object(fields, true))}}
	}
	head := []event.Field{{Name: "type", Value: e.Name()}, {Name: "time", Value: time.Now().UTC()}}
	n.ui.PrintJSON(object(append(head, fields...), false) + "\n")
}

// object returns fields as a JSON object in their order; all: also those that are empty.
func object(fields []event.Field, all bool) string {
	var b bytes.Buffer
	for _, f := range fields {
		if !all && reflect.ValueOf(f.Value).IsZero() {
			continue
		}
		switch v := f.Value.(type) {
		case error:
			f.Value = v.Error()
		case time.Duration:
			f.Value = v.String()
		}
		value, err := json.Marshal(f.Value)
		if err != nil {
			continue
		}
		b.WriteString(`,"` + f.Name + `":`)
		b.Write(value)
	}
	return "{" + string(bytes.TrimPrefix(b.Bytes(), []byte(","))) + "}"
}

// End leaves the error to the diagnostics on stderr if events have reported it.
func (n *jsonPrinter) End(end Ending) {
	if errors.Is(end.Err, apply.ErrPartial) {
		n.ui.JSON = false
	}
}

// Restored leaves the errors to the diagnostics on stderr: events have reported them.
func (n *jsonPrinter) Restored(error) { n.ui.JSON = false }
