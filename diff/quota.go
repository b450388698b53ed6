package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// within reports whether the plan never needs more than a quota. Where nothing comes,
// nothing does.
func (p *DestinationPlan) within(quota int64) bool {
	return p.peak() <= quota || !slices.ContainsFunc(p.Changes, Change.Uploads)
}

// peak is the most that the destination may hold while uploads run, in bytes: cleanups
// come first, groups run side by side, and what others put there is not known.
func (p *DestinationPlan) peak() int64 {
	return peak(p.Name, p.held, p.Cleanups, p.Changes)
}

func peak(place string, held int64, cleanups []Cleanup, changes []Change) int64 {
	for _, c := range cleanups {
		if c.Place == place && c.Kind != ReturnCleanup {
			held -= c.Bytes
		}
	}
	for _, c := range changes {
		if at, _, _ := state.SplitAddress(c.Address); at == place {
			held += c.rise()
		}
	}
	return held
}

// rise is by how much the destination grows with the change until the uploads are done, in
// bytes; negative where it shrinks. Deletes that wait for the uploads make no room.
func (c Change) rise() int64 {
	switch {
	case c.Early:
		return -c.Frees()
	case c.Uploads():
		return c.Bytes - c.StartedBytes()
	}
	return 0
}
