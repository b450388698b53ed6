package event

// Field is one fact about an event, with its name in the log and in JSON. The value is
// a string, a number, a bool, a time.Duration or an error.
type Field struct {
	Name  string
	Value any
}

func (Started) Name() string       { return "begun" }
func (ChangeStarted) Name() string { return "started" }
func (Progress) Name() string      { return "progress" }
func (Comparing) Name() string     { return "comparing" }
func (Scarce) Name() string        { return "scarce" }
func (Skewed) Name() string        { return "skewed" }
func (Waiting) Name() string       { return "waiting" }
func (Locked) Name() string        { return "locked" }
func (Unrecorded) Name() string    { return "unrecorded" }
func (StepDone) Name() string      { return "step" }
func (ChangeDone) Name() string    { return "done" }
func (Failed) Name() string        { return "failed" }
func (Cancelled) Name() string     { return "cancelled" }
func (Skipped) Name() string       { return "skipped" }
func (Postponed) Name() string     { return "postponed" }
func (Remark) Name() string        { return "remark" }
func (Finished) Name() string      { return "summary" }
func (Restoring) Name() string     { return "restoring" }
func (Fetching) Name() string      { return "fetching" }
func (Restored) Name() string      { return "restored" }
func (RestoreEnded) Name() string  { return "restore_summary" }
func (Verifying) Name() string     { return "verifying" }
func (Verified) Name() string      { return "verified" }
func (VerifyEnded) Name() string   { return "verify_summary" }

func (e Started) Fields() []Field {
	return []Field{{"changes", e.Changes}, {"cleanups", e.Cleanups}, {"bytes", e.Bytes}}
}

func (e ChangeStarted) Fields() []Field {
	return []Field{{"address", e.Address}, {"action", e.Action.String()}, {"bytes", e.Bytes}, {"earlier", e.Earlier}}
}

func (e Progress) Fields() []Field {
	return []Field{{"address", e.Address}, {"path", e.Path}, {"sent", e.Sent}, {"bytes", e.Size}}
}

func (e Comparing) Fields() []Field {
	return []Field{{"address", e.Address}, {"path", e.Path}, {"read", e.Read}, {"bytes", e.Size}}
}

func (e Scarce) Fields() []Field {
	return []Field{{"address", e.Place}, {"bytes", e.Need}, {"free", e.Free}}
}

func (e Skewed) Fields() []Field     { return []Field{{"address", e.Place}, {"by", e.By}} }
func (e Waiting) Fields() []Field    { return []Field{{"address", e.Address}, {"for", e.For}} }
func (e Locked) Fields() []Field     { return []Field{{"address", e.Destination}, {"error", e.Err}} }
func (e Unrecorded) Fields() []Field { return []Field{{"address", e.Destination}, {"error", e.Err}} }
func (e StepDone) Fields() []Field   { return []Field{{"address", e.Address}, {"step", e.Step}} }

func (e ChangeDone) Fields() []Field {
	return []Field{{"address", e.Address}, {"action", e.Action.String()}, {"bytes", e.Bytes}, {"earlier", e.Earlier}}
}

func (e Failed) Fields() []Field    { return []Field{{"address", e.Address}, {"error", e.Err}} }
func (e Cancelled) Fields() []Field { return []Field{{"address", e.Address}, {"error", e.Err}} }
func (e Skipped) Fields() []Field   { return []Field{{"address", e.Address}, {"error", e.Err}} }
func (e Postponed) Fields() []Field { return []Field{{"address", e.Address}, {"error", e.Err}} }
func (e Remark) Fields() []Field    { return []Field{{"address", e.Address}, {"text", e.Text}} }

func (e Finished) Fields() []Field {
	r := e.Result
	return []Field{{"added", r.Added}, {"changed", r.Changed}, {"destroyed", r.Destroyed}, {"failed", r.Failed()},
		{"uploaded_bytes", r.Uploaded}, {"freed_bytes", r.Freed}, {"seconds", r.Elapsed.Seconds()}}
}

func (e Restoring) Fields() []Field {
	return []Field{{"address", e.Address}, {"folder", e.Folder}, {"bytes", e.Bytes}}
}

func (e Fetching) Fields() []Field {
	return []Field{{"address", e.Address}, {"path", e.Path}, {"received", e.Received}, {"bytes", e.Size}}
}

func (e Restored) Fields() []Field {
	return []Field{{"address", e.Address}, {"folder", e.Folder}, {"bytes", e.Bytes}, {"unchanged", e.Unchanged}}
}

func (e RestoreEnded) Fields() []Field {
	return []Field{{"restored", e.Sets}, {"failed", e.Failed}, {"fetched_bytes", e.Fetched}, {"kept_bytes", e.Kept}, {"seconds", e.Elapsed.Seconds()}}
}

func (e Verifying) Fields() []Field {
	return []Field{{"address", e.Address}, {"bytes", e.Bytes}}
}

func (e Verified) Fields() []Field {
	return []Field{{"address", e.Address}, {"verdict", e.Verdict}, {"files", e.Files}}
}

func (e VerifyEnded) Fields() []Field {
	return []Field{{"proven", e.Proven}, {"bad", e.Bad}, {"unasked", e.Unasked}, {"later", e.Later}, {"read_bytes", e.Read}, {"seconds", e.Elapsed.Seconds()}}
}
