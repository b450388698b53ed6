package flags

import (
	"cmp"
	"slices"
	"strings"
)

// Among are the flags where those addresses exist: a pattern that begins with the very
// name of something means that.
func (o Options) Among(addresses func() []string) Options {
	o.literal = o.literally(addresses)
	return o
}

// Meant are patterns as they are to be read without knowing what exists.
func (o Options) Meant(patterns []string) []string {
	var all []string
	for _, p := range patterns {
		all = append(all, cmp.Or(o.literal[p], p))
	}
	return all
}

// literally finds the patterns that begin with the very name of something, and
// what they mean then.
func (o Options) literally(addresses func() []string) map[string]string {
	there, meant := map[string]bool{}, map[string]string{}
	patterns := slices.DeleteFunc(slices.Concat(o.Target, o.Exclude, o.Adopt, o.Accept), func(p string) bool { return !strings.ContainsAny(p, wildcards) })
	if len(patterns) == 0 {
		return nil
	}
	for _, address := range addresses() {
		for _, level := range Levels(address) {
			there[level] = true
		}
	}
	for _, p := range patterns {
		parts := strings.Split(p, "/")
		for n := len(parts); n > 0; n-- {
			head := strings.Join(parts[:n], "/")
			if there[head] && strings.ContainsAny(head, wildcards) {
				meant[p] = strings.Join(append([]string{Literal(head)}, parts[n:]...), "/")
				break
			}
		}
	}
	return meant
}
