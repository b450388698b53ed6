package diff

import "github.com/vmxsync/vmxsync/state"

// Summarize counts what the changes of the plan do, and what is kept.
func (p *Plan) Summarize() Summary {
	s := Summary{Unchanged: len(p.Kept)}
	for _, c := range p.Changes {
		switch c.Action {
		case Create:
			s.Add++
		case Update:
			s.Change++
			if c.Mode == AddSums { // it is kept, too
				s.Unchanged--
			}
		case Delete:
			s.Destroy++
			s.FreeBytes += c.Frees()
		}
		if c.Uploads() {
			s.UploadBytes += c.Bytes
		}
	}
	return s
}

// StartedBytes are those of an upload that was started, as far as they may be
// parts of its files. What of them cannot be proven is sent all the same.
func (c Change) StartedBytes() (n int64) {
	if c.Mode != Resume {
		return 0
	}
	sizes := make(map[string]int64, len(c.Files))
	for _, f := range c.Files {
		sizes[f.Path] = f.Size
	}
	for _, f := range c.Before {
		n += min(f.Size, sizes[f.Path])
	}
	return n
}

// Sends are the sets that the plan reads at its sources, by source, each once.
func (p *Plan) Sends() map[string][]state.Key {
	sent, seen := map[string][]state.Key{}, map[string]bool{}
	for _, c := range p.Changes {
		_, k, err := state.SplitAddress(c.Address)
		at := state.Address(c.Source, k)
		if err != nil || !c.Uploads() || c.Fetches() || seen[at] {
			continue
		}
		seen[at] = true
		sent[c.Source] = append(sent[c.Source], k)
	}
	return sent
}

// Frees is how many bytes a delete leaves to others: none while the set stays in
// trash.
func (c Change) Frees() int64 {
	if c.InTrash {
		return 0
	}
	return c.Bytes
}

// Fetches reports whether the files come from another destination, and not from a source.
func (c Change) Fetches() bool { return c.Mode == Replace && len(c.Sums) > 0 }

// Uploads reports whether the change reads files at the source.
func (c Change) Uploads() bool { return c.Mode == Upload || c.Mode == Resume || c.Mode == Replace }
