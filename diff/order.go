package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// makesRoom tells whether deletes of the group come before its uploads.
func (c *chain) makesRoom() bool {
	return c.order == state.DeleteFirst && slices.ContainsFunc(c.creates, Change.uploads)
}

// trashAll plans the deletes one after the other: first those that make room,
// then those that wait for all that the chain creates.
func (c *chain) trashAll(victims []*slot) {
	early, late := c.split(victims)
	row := c.row()
	for _, s := range early {
		change := row.remove(s)
		change.Early = true
		c.early = append(c.early, change)
	}
	row.land()
	for _, s := range late {
		c.deletes = append(c.deletes, row.remove(s))
	}
}

// split parts the deletes that make room from those that wait until the uploads
// count: what the uploads do not need, and the newest min_keep sets that are
// whole at the destination now.
func (c *chain) split(victims []*slot) (early, late []*slot) {
	floor, room, need := c.floor(), c.makesRoom(), c.needs(victims)
	for _, s := range victims { // oldest first
		s.gone = true
		wanted := s.outgoing() || need > 0
		s.early = room && wanted && len(floor) == c.policy.MinKeep && !slices.Contains(floor, s)
		if s.early {
			need -= s.remote.Bytes()
			early = append(early, s)
		} else {
			late = append(late, s)
		}
	}
	return early, late
}

// needs is how many bytes the uploads need that nothing has freed for them yet: none
// where an earlier apply has made room that no upload has taken. Where more sets come
// than go, fewer are whole there than the policy wants, and the destination has not
// been full yet.
func (c *chain) needs(victims []*slot) (bytes int64) {
	if c.roomIsMade() {
		return 0
	}
	goes := 0
	for _, s := range victims {
		if s.counted() {
			goes++
		}
	}
	if comes := c.count(func(s *slot) bool { return s.changed && !s.future }); comes > goes {
		return 0
	}
	bytes, _ = c.sends()
	return bytes - c.balance.left(bytes)
}

// sends is how many bytes the uploads of the chain have, all of them and the newest.
func (c *chain) sends() (all, newest int64) {
	for _, change := range c.creates { // newest first
		if !change.uploads() {
			continue
		}
		if all += change.Bytes; newest == 0 {
			newest = change.Bytes
		}
	}
	return all, newest
}

// floor is what the destination cannot do without before anything comes. With
// fewer than min_keep sets, nothing may go by then.
func (c *chain) floor() []*slot {
	if !c.makesRoom() {
		return nil
	}
	var floor []*slot
	for _, s := range c.slots { // newest first
		if s.counted() && len(floor) < c.policy.MinKeep {
			floor = append(floor, s)
		}
	}
	return floor
}

// row is the deletes of a chain one after the other: each expects the group as
// the one before left it.
type row struct {
	*chain
	standing map[state.Stamp]string // at final names, by digest
	retains  []string
	needs    []string
}

// row begins with what the destination holds now. What is early justifies no
// delete, all else that counts does.
func (c *chain) row() *row {
	r := &row{chain: c, standing: map[state.Stamp]string{}}
	for _, s := range c.slots {
		if s.remote != nil && !s.outgoing() {
			r.standing[s.key.Stamp] = s.remoteDigest()
		}
	}
	r.retains = c.addresses(func(s *slot) bool { return s.counted() && !s.early })
	return r
}

// land goes on with the group once all creates are done.
func (r *row) land() {
	for _, s := range r.slots {
		if s.changed {
			r.standing[s.key.Stamp] = state.Digest(s.content())
		}
	}
	r.retains = r.addresses(func(s *slot) bool { return s.counts() && !s.gone })
	r.needs = append(r.landings(), r.needs...)
}

// addresses lists the slots that are in, newest first.
func (c *chain) addresses(in func(*slot) bool) []string {
	var list []string
	for _, s := range c.slots {
		if in(s) {
			list = append(list, c.address(s.key))
		}
	}
	return list
}

func (r *row) remove(s *slot) Change {
	change := r.chain.remove(s, Step{Expect: GroupDigest(r.standing), Needs: r.needs, Retains: r.retains})
	delete(r.standing, s.key.Stamp)
	r.needs = []string{change.Steps[0].ID}
	return change
}

// landings are the steps that make the created sets count.
func (c *chain) landings() []string {
	var ids []string
	for _, change := range c.creates {
		for _, s := range change.Steps {
			if s.lands() {
				ids = append(ids, s.ID)
			}
		}
	}
	return ids
}
