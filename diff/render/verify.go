package render

import (
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Share is what is read back because of one verify block, in words.
type Share struct {
	Head string    // "2 of 12 due sets at nas will be read back (50.0 GiB):"
	Sets []ReadSet // oldest proof first
	Foot string    // what the budget means; "" without one
}

// ReadSet is a set that is read back.
type ReadSet struct {
	Address, Size, Why string
}

// shownReads is how many sets a plan in short lists that are read back.
const shownReads = 5

// shares leaves out blocks for which nothing is due.
func shares(p *diff.Plan) (list []Share) {
	for _, s := range p.Verify {
		if len(s.Reads) == 0 {
			continue
		}
		v := Share{Head: shareHead(s), Foot: shareFoot(s, s.Days(p.Now))}
		for _, r := range s.Reads {
			v.Sets = append(v.Sets, ReadSet{address(r.Address), state.FormatBytes(r.Bytes), providers.Escape(r.Reasons[0].Text)})
		}
		list = append(list, v)
	}
	return list
}

func shareHead(s diff.Share) string {
	bytes := s.DueBytes
	if s.MaxBytes > 0 {
		bytes = min(bytes, s.MaxBytes)
	}
	which := wording.Count(len(s.Reads), "set")
	if n := len(s.Reads); n < s.Due {
		which = fmt.Sprintf("%d of %d due sets", n, s.Due)
	}
	if s.Backup != "" {
		which += fmt.Sprintf(" of backup.%s", providers.Escape(s.Backup))
	}
	how := "read back"
	if s.Level == state.ServerProof {
		how = "verified by checksums of the server"
	}
	within := ""
	if s.MaxDuration > 0 {
		within = ", at most " + s.MaxDuration.String()
	}
	return fmt.Sprintf("%s at %s will be %s (%s%s):", which, providers.Escape(s.Destination), how, state.FormatBytes(bytes), within)
}

// shareFoot is what the budget of bytes means for a round over all sets.
func shareFoot(s diff.Share, days int64) string {
	nights := s.Nights()
	if nights == 0 || days == 0 {
		return ""
	}
	text := fmt.Sprintf("At %s a night, a full round over %s takes %s", state.FormatBytes(s.MaxBytes), state.FormatBytes(s.Bytes), wording.Count(int(nights), "night"))
	if nights > days {
		return text + fmt.Sprintf(", and every = %q wants %d: that needs max_bytes of %s or more.", s.Every, days, state.FormatBytes((s.Bytes+days-1)/days))
	}
	return text + fmt.Sprintf("; every = %q allows %d.", s.Every, days)
}

// lines are the shares as items of a list.
func lines(shares []Share) (all []string) {
	for _, s := range shares {
		all = append(all, s.Head)
		for _, r := range s.Sets {
			all = append(all, fmt.Sprintf("%s (%s): %s", r.Address, r.Size, r.Why))
		}
		if s.Foot != "" {
			all = append(all, s.Foot)
		}
	}
	return all
}

// reads prints the shares, each with its first sets; -1: all of them.
func (t *printer) reads(shares []Share, most int) {
	for _, s := range shares {
		t.printf("Verify: %s\n", s.Head)
		shown := s.Sets
		if most >= 0 {
			shown = shown[:min(most, len(shown))]
		}
		for _, r := range shown {
			t.printf("  <= %s  %s  %s\n", r.Address, r.Size, r.Why)
		}
		if more := len(s.Sets) - len(shown); more > 0 && len(shown) > 0 {
			t.printf("     (%s)\n", wording.Count(more, "more set"))
		}
		if s.Foot != "" {
			t.wrap("  ", "  ", s.Foot)
		}
	}
}
