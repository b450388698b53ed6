package retention

// Reason is why a set is kept, deleted or changed. It has one shape for all
// of them and the same Text in every output.
type Reason struct {
	// Rule: "last", "min_keep", "unmarked", "differs", "damaged", "unknown",
	// "future-dated", "incomplete", "keep_all", "hourly" to "yearly", "within",
	// "within_hourly" to "within_yearly", "oldest", "min_age", "pinned", and of
	// the caps "max_age", "max_count", "max_size_per_vm".
	Rule string `json:"rule"`
	// Code: "selected", "superseded", "quota", "outside", "cap", "incomplete" from
	// retention;
	// "missing", "resume", "adopt", "replace", "publish" from package diff.
	Code   string `json:"code"`
	N      int    `json:"n,omitempty"`      // n-th of Of
	Of     int    `json:"of,omitempty"`     // -1: unlimited
	Bucket string `json:"bucket,omitempty"` // "2026-W47"
	Cutoff string `json:"cutoff,omitempty"` // civil time where a window begins
	By     string `json:"by,omitempty"`     // stamp of the set that superseded it or took the last place
	Text   string `json:"text"`             // "last 1 of 3", "quota last 3 of 3 reached at 2026-11-19-010000"
}

// The codes of reasons.
const (
	Selected   = "selected"   // kept, by the rule named
	Superseded = "superseded" // removed: a newer set stands for its period
	Quota      = "quota"      // removed: the rule's number was reached by newer sets
	Outside    = "outside"    // removed: older than the rule's window
	Cap        = "cap"        // removed: kept by a rule, but beyond a limit
	Leftover   = "incomplete" // removed: an upload that something newer overtook
)
