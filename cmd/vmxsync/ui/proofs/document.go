package proofs

import (
	"encoding/json"
	"time"

	"github.com/vmxsync/vmxsync/apply/verify"
)

// Document is the result of vmxsync verify -json.
type Document struct {
	Format  string    `json:"format"` // "vmxsync.verify/1"
	Level   string    `json:"level"`
	Began   time.Time `json:"began"`
	Seconds float64   `json:"seconds"`
	Sets    []Set     `json:"sets"`
	Summary Summary   `json:"summary"`
	// Unread are destinations, and VMs there, that could not be read, with the reason.
	Unread map[string]string `json:"unread,omitempty"`
}

// Set is a set in the document.
type Set struct {
	Address string        `json:"address"`
	Verdict string        `json:"verdict"` // that of its worst file, or "gone"
	Bytes   int64         `json:"bytes"`
	Error   string        `json:"error,omitempty"` // why nothing was asked of it
	Files   []verify.File `json:"files,omitempty"`
}

// Summary counts sets and bytes.
type Summary struct {
	Hold     int   `json:"hold"`     // proven at the level, now or recently enough
	Bad      int   `json:"bad"`      // do not hold what their manifests say
	NoSums   int   `json:"no_sums"`  // have no checksums: only their sizes were compared
	First    int   `json:"first"`    // had no checksums, and a reading has found them
	Vanished int   `json:"vanished"` // are recorded, absent, and were not deleted
	Unasked  int   `json:"unasked"`  // could not be asked
	Later    int   `json:"later"`    // were not reached
	Gone     int   `json:"gone"`     // were deleted meanwhile
	LeftOut  int   `json:"left_out"` // have no manifest, and were not adopted
	Read     int64 `json:"read_bytes"`
	Total    int64 `json:"total_bytes"`             // of all selected sets
	MaxBytes int64 `json:"max_bytes,omitempty"`     // the budget
	Runs     int64 `json:"runs_per_round,omitzero"` // with that budget
}

// gone is the verdict of a set that was deleted since it was listed.
const gone = "gone"

// New describes a result. budget is that of -max-bytes, 0 without one; foreign is how many
// sets have no manifest.
func New(r verify.Result, budget int64, unread map[string]error, foreign int) Document {
	d := Document{Format: "vmxsync.verify/1", Level: string(r.Level), Began: r.Began, Seconds: r.Elapsed.Seconds(), Sets: []Set{}}
	for _, s := range r.Sets {
		one := Set{Address: s.Copy.Address(), Verdict: string(s.Verdict()), Bytes: s.Copy.Set.Bytes(), Files: s.Files}
		if s.Gone {
			one.Verdict = gone
		}
		if !s.Vanished.IsZero() {
			one.Error = vanished(s)
		}
		if s.Why != nil {
			one.Error = s.Why.Error()
		}
		d.Sets = append(d.Sets, one)
		d.Summary.count(verify.Outcome(one.Verdict))
	}
	d.Summary.Read, d.Summary.Total, d.Summary.MaxBytes, d.Summary.Runs = r.Bytes, r.Total, budget, r.Rounds(budget)
	d.Summary.LeftOut = foreign
	for name, err := range unread {
		if d.Unread == nil {
			d.Unread = map[string]string{}
		}
		d.Unread[name] = err.Error()
	}
	return d
}

func (s *Summary) count(v verify.Outcome) {
	switch {
	case v == gone:
		s.Gone++
	case v == verify.Vanished:
		s.Vanished++
	case v == verify.OK:
		s.Hold++
	case v == verify.First:
		s.First++
	case v == verify.NoSums:
		s.NoSums++
	case v == verify.Later:
		s.Later++
	case v == verify.Unasked:
		s.Unasked++
	default:
		s.Bad++
	}
}

// JSON is the document, with a line end.
func (d Document) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(d, "", "  ")
	return append(text, '\n'), err
}
