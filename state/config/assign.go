package config

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Assign returns the backup of a source that a VM belongs to: the one that names it
// exactly, then the one whose glob has the longest literal prefix. False: no
// backup matches, or the one that does excludes it.
func (s *Spec) Assign(source, vm string) (Backup, bool) {
	rivals := s.Matches(source, vm)
	if len(rivals) == 0 {
		return Backup{}, false
	}
	return rivals[0], !rivals[0].Excludes(vm)
}

// Matches are the backups of a source that match a VM best, all equally well:
// more than one is an error of the configuration.
func (s *Spec) Matches(source, vm string) []Backup {
	var best []Backup
	rank := -1
	for _, b := range s.Backups {
		r := b.rank(vm)
		if b.Source != source || r < 0 || r < rank {
			continue
		}
		if r > rank {
			best, rank = nil, r
		}
		best = append(best, b)
	}
	return best
}

// rank is how closely the backup's best pattern matches.
func (b Backup) rank(vm string) int {
	rank := -1
	if b.Retires(vm) {
		rank = exact
	}
	for _, pattern := range b.VMs {
		rank = max(rank, matchRank(pattern, vm))
	}
	return rank
}

// Excludes reports whether the backup's exclude list names the VM.
func (b Backup) Excludes(vm string) bool {
	return slices.ContainsFunc(b.Exclude, func(glob string) bool { return glob == vm || doublestar.MatchUnvalidated(glob, vm) })
}

// Retires reports whether the backup lists the VM in retired.
func (b Backup) Retires(vm string) bool { return slices.Contains(b.Retired, vm) }

// Literal reports whether the VM stands in the backup's vms, or retired, by its own name: only
// then is it rotated where the source does not hold it any more.
func (s *Spec) Literal(b Backup, vm string) bool {
	return b.Retires(vm) || slices.ContainsFunc(b.VMs, func(pattern string) bool { return pattern == vm || names(pattern, vm) })
}

// NameIn is the name of the one VM that a pattern stands for: it has no wildcard
// but with a backslash in front. False: the pattern may match several.
func NameIn(pattern string) (vm string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '*', '?', '[', '{':
			return "", false
		case '\\':
			if i++; i == len(pattern) {
				return "", false
			}
		}
		b.WriteByte(pattern[i])
	}
	return b.String(), true
}

func names(pattern, vm string) bool {
	name, ok := NameIn(pattern)
	return ok && name == vm
}

// exact outranks every glob: names are at most 255 bytes long.
const exact = 1 << 16

// matchRank is -1 where the pattern does not match, else the higher the closer.
func matchRank(pattern, vm string) int {
	if pattern == vm || names(pattern, vm) {
		return exact
	}
	if !doublestar.MatchUnvalidated(pattern, vm) {
		return -1
	}
	return strings.IndexAny(pattern+"*", `*?[{\`)
}
