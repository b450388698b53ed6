package hclconfig

import (
	"slices"

	"github.com/vmxsync/vmxsync/hclconfig/block"
	"github.com/vmxsync/vmxsync/hclconfig/read"
	"github.com/vmxsync/vmxsync/state/config"
)

// Salvage is the notify blocks of a configuration with errors, as far as they can
// be read in spite of them.
type Salvage struct {
	Dir      string // of the configuration, absolute
	Name     string // of the configuration; the host name by default
	Notifies []config.Notify
	// Lost are the notify blocks that have errors themselves.
	Lost []NotifyName
	// Unread is true if files could not be read as a whole: notify blocks may be
	// missing.
	Unread bool
}

// NotifyName names a notify block.
type NotifyName struct{ Type, Name string }

// Misses reports whether this configuration has, or may have, a notify block of an
// earlier one that could not be read from it.
func (s Salvage) Misses(n config.Notify) bool {
	there := slices.ContainsFunc(s.Notifies, func(o config.Notify) bool { return o.Type == n.Type && o.Name == n.Name })
	return !there && (s.Unread || slices.Contains(s.Lost, NotifyName{n.Type, n.Name}))
}

// salvage reads the notify blocks once more, and what they refer to: from all
// files that parse, and from the readable parts of those that do not. Errors have
// been reported, or do not concern these blocks.
func (l *loader) salvage(out *Salvage) {
	s := &loader{opts: l.opts, dir: l.dir, files: read.NewFiles(l.files.Words), bodies: l.bodies}
	s.blocks, _ = block.Collect(l.bodies)
	s.evaluate(l.found)
	s.decodeAll(block.KindOf("vmxsync"))
	l.inputs = s.inputs // they hold the secrets that the blocks refer to
	out.Dir, out.Name = s.dir, s.out.Spec.Name
	out.Unread = len(l.bodies) < len(l.found.Config) || l.found.Config == nil || slices.ContainsFunc(l.found.Config, func(name string) bool { return l.files.Broken[name] })
	for _, b := range s.blocks["notify"] {
		if block.KindOf("notify").Decode(s.out, b).HasErrors() {
			out.Lost = append(out.Lost, NotifyName{b.Labels[0], b.Labels[1]})
		}
	}
	out.Notifies = s.out.Spec.Notifies
}
