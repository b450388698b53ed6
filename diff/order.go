package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// makesRoom reports whether deletes of the group come before its uploads.
func (c *group) makesRoom() bool {
	return c.order == state.DeleteFirst && slices.ContainsFunc(c.creates, Change.Uploads)
}

// planDeletes plans first the deletes that make room, then those that wait for all creates
// of the group. What is early justifies no delete, all else that counts by then does.
func (c *group) planDeletes(deletes []*candidate) {
	early, late := c.split(deletes)
	now := c.addresses(func(s *candidate) bool { return s.counted() && !s.early })
	for _, s := range early {
		change := c.remove(s, now)
		change.Early = true
		c.early = append(c.early, change)
	}
	then := c.addresses(func(s *candidate) bool { return s.counts() && !s.deleted })
	for _, s := range late {
		c.deletes = append(c.deletes, c.remove(s, then))
	}
}

// split parts the deletes that make room from those that wait until the uploads
// count: what the uploads do not need, and the newest min_keep sets that are
// whole at the destination now.
func (c *group) split(deletes []*candidate) (early, late []*candidate) {
	floor, room, need := c.floor(), c.makesRoom(), c.needs(deletes)
	for _, s := range deletes { // oldest first
		s.deleted = true
		wanted := s.beingDeleted() || need > 0
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
// where an earlier apply has made room that no upload has taken. Where more sets are
// uploaded than deleted, fewer are complete there than the policy wants, and the
// destination has not been full yet.
func (c *group) needs(deletes []*candidate) (bytes int64) {
	if c.roomIsMade() {
		return 0
	}
	goes := 0
	for _, s := range deletes {
		if s.counted() {
			goes++
		}
	}
	if comes := c.count(func(s *candidate) bool { return s.changed && !s.future }); comes > goes {
		return 0
	}
	bytes, _ = c.sends()
	return bytes - c.balance.left(bytes)
}

// sends is how many bytes the uploads of the chain have, all of them and the newest.
func (c *group) sends() (all, newest int64) {
	for _, change := range c.creates { // newest first
		if !change.Uploads() {
			continue
		}
		if all += change.Bytes; newest == 0 {
			newest = change.Bytes
		}
	}
	return all, newest
}

// floor are the sets that must stay until the uploads are done. With fewer than
// min_keep sets, nothing may be deleted by then.
func (c *group) floor() []*candidate {
	if !c.makesRoom() {
		return nil
	}
	var floor []*candidate
	for _, s := range c.candidates { // newest first
		if s.counted() && len(floor) < c.policy.MinKeep {
			floor = append(floor, s)
		}
	}
	return floor
}

// addresses lists the candidates that are in, newest first.
func (c *group) addresses(in func(*candidate) bool) []string {
	var list []string
	for _, s := range c.candidates {
		if in(s) {
			list = append(list, c.address(s.key))
		}
	}
	return list
}
