package diff

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/due"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Share is what an apply reads back at one destination because of one verify block, after
// all changes. Reading changes no set: it is no change of the plan.
type Share struct {
	Destination string             `json:"destination"`
	Backup      string             `json:"backup,omitempty"` // whose block it is; "": that of the destination
	Level       string             `json:"level"`            // state.ReadProof, state.ServerProof
	Every       config.Span        `json:"every"`
	Since       time.Time          `json:"since"` // proofs of that time or later are young enough
	MaxBytes    int64              `json:"max_bytes,omitempty"`
	MaxDuration providers.Duration `json:"max_duration,omitempty"`
	Sets        int                `json:"sets"` // that the block is for, due or not
	Bytes       int64              `json:"bytes"`
	Due         int                `json:"due"`       // sets
	DueBytes    int64              `json:"due_bytes"` // that are still to be read of them
	Reads       []Read             `json:"reads"`     // what of them fits into MaxBytes, in the order of work

	unread []string // where a server is asked: sets never proven whose manifests were not read, the first of them
}

// Read is a set that is read back.
type Read struct {
	Address string    `json:"address"`
	Bytes   int64     `json:"bytes"` // that are still to be read
	Proven  time.Time `json:"proven,omitzero"`
	Reasons []Reason  `json:"reasons"`
}

// Reads is how many sets the plan reads back, at all destinations.
func (p *Plan) Reads() (n int) {
	for _, s := range p.Verify {
		n += len(s.Reads)
	}
	return n
}

// Nights is how many applies a full round takes with the budget of bytes; 0 without one.
func (s Share) Nights() int64 {
	if s.MaxBytes <= 0 {
		return 0
	}
	return (s.Bytes + s.MaxBytes - 1) / s.MaxBytes
}

// Days is how many days the period has at that time.
func (s Share) Days(now time.Time) int64 {
	return int64(now.Sub(s.Every.Before(now)).Round(24*time.Hour).Hours()) / 24
}

// shares are what the verify blocks ask for: of each destination whose proofs were read, in
// the order of the configuration.
func shares(all *planned) (shares []Share) {
	w := all.world
	if w.Flags.Destroy {
		return nil
	}
	for _, d := range w.Spec.Destinations {
		inv := w.Inventories[d.Name]
		if inv.Proofs == nil || inv.ProofsProblem != "" {
			continue
		}
		var order []string
		blocks, sets := map[string]config.Verify{}, map[string][]due.Set{}
		for _, g := range all.at(d.Name) {
			if g.Verify == nil {
				continue
			}
			if _, seen := blocks[g.VerifyBy]; !seen {
				order = append(order, g.VerifyBy)
				blocks[g.VerifyBy] = *g.Verify
			}
			sets[g.VerifyBy] = append(sets[g.VerifyBy], provable(g, inv.Proofs)...)
		}
		for _, by := range order {
			shares = append(shares, share(d.Name, by, blocks[by], w.Now, sets[by]))
		}
	}
	return shares
}

// provable are the sets of a group that stay, and have a manifest of ours. What was found
// damaged is not read again: it is known, until it is replaced.
func provable(g *decide.Group, proofs map[state.Key]state.Proof) (sets []due.Set) {
	if g.Unknown != nil {
		return nil
	}
	for _, d := range g.Decisions {
		s := d.Remote
		switch {
		case s == nil || !s.Marked || s.State != state.Complete || d.State == state.OfAnother || d.State == state.Damaged:
		case d.Disposition.Deletes(), d.Disposition == decide.Replace, !g.World.Flags.Selects(g.Address(d.Key)):
		default:
			sets = append(sets, due.Set{Key: d.Key, Files: s.Files, Manifest: s.Manifest, Proof: proofs[d.Key]})
		}
	}
	return sets
}

// unreadAtOnce is how many manifests are read at least before a plan is made again: sets
// without checksums are found among them.
const unreadAtOnce = 64

func share(destination, by string, v config.Verify, now time.Time, sets []due.Set) Share {
	found := due.Find(v, now, sets)
	s := Share{
		Destination: destination, Backup: by, Level: v.Level, Every: v.Every, Since: due.Since(v, now).UTC(),
		MaxBytes: v.MaxBytes, MaxDuration: providers.Duration(v.MaxDuration),
		Sets: found.Sets, Bytes: found.Bytes, Due: len(found.Due), Reads: []Read{},
	}
	for i, c := range found.Due {
		s.DueBytes += c.Bytes
		address := state.Address(destination, c.Key)
		if i < found.InBudget {
			s.Reads = append(s.Reads, Read{Address: address, Bytes: c.Bytes, Proven: c.Proven.UTC(), Reasons: []Reason{whyRead(c, v, now)}})
		}
		if c.Unread && v.Level == state.ServerProof && c.Proven.IsZero() && (i < found.InBudget || len(s.unread) < unreadAtOnce) {
			s.unread = append(s.unread, address)
		}
	}
	return s
}

// whyRead is why a set is due.
func whyRead(c due.Copy, v config.Verify, now time.Time) Reason {
	r := retention.Reason{Rule: "verify", Code: "never", Text: "never proven"}
	if !c.Proven.IsZero() {
		r.Code = "due"
		r.Text = fmt.Sprintf("proven %s ago, due every %s", age(now.Sub(c.Proven)), v.Every)
	}
	if c.Begun {
		r.Text += ", and begun"
	}
	return r
}

// age is a time in days, or in hours below two days.
func age(d time.Duration) string {
	if d < 36*time.Hour {
		return wording.Count(int(d.Round(time.Hour).Hours()), "hour")
	}
	return wording.Count(int(d.Round(24*time.Hour).Hours()/24), "day")
}

// notesOfProofs report destinations whose proofs could not be read: nothing is due there.
func notesOfProofs(all *planned) (notes []notice.Note) {
	for _, d := range all.world.Spec.Destinations {
		if inv := all.world.Inventories[d.Name]; inv.ProofsProblem != "" && all.parts[d.Name] != nil {
			notes = append(notes, notice.Note{Kind: &notice.Proofs, Place: d.Name, Why: inv.ProofsProblem})
		}
	}
	return notes
}
