package predecessor

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// nameAccounts gives each account a unique name: as short as possible, and the
// same for the same file.
func nameAccounts(accounts []*account) {
	byLabel := map[string][]*account{}
	for _, a := range accounts {
		byLabel[a.label()] = append(byLabel[a.label()], a)
	}
	taken := map[string]bool{}
	for _, a := range accounts {
		sameLabel := byLabel[a.label()]
		a.name = free(spelling(sameLabel)(a), taken)
		taken[a.name] = true
	}
}

// spellings are ways to name an account, short ones first.
var spellings = []func(*account) string{
	func(a *account) string { return word(a.label()) },
	func(a *account) string { return word(a.host) },
	func(a *account) string { return word(a.label(), a.user) },
	func(a *account) string { return word(a.label(), a.root) },
	func(a *account) string { return word(a.host, a.user) },
	func(a *account) string { return word(a.host, a.user, a.root) },
	func(a *account) string { return word(a.host, fmt.Sprint(a.port), a.user, a.root) },
}

// spelling is the first one that gives all these accounts different names, or
// else the last.
func spelling(sameLabel []*account) func(*account) string {
	for _, s := range spellings {
		names := map[string]bool{}
		for _, a := range sameLabel {
			names[s(a)] = true
		}
		if len(names) == len(sameLabel) {
			return s
		}
	}
	return spellings[len(spellings)-1]
}

// label is the host without its domain.
func (a *account) label() string {
	host := strings.ToLower(a.host)
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return host
	}
	label, _, _ := strings.Cut(host, ".")
	return label
}

var (
	notInName = regexp.MustCompile(`[^a-z0-9]+`)
	// onWindows no file has such a name, whatever its extension.
	onWindows = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)
)

// word joins the letters and digits of the parts to a name for a block and a file,
// in lower case, for file systems that ignore case.
func word(parts ...string) string {
	var words []string
	for _, p := range parts {
		if p = strings.Trim(notInName.ReplaceAllString(strings.ToLower(p), "-"), "-"); p != "" {
			words = append(words, p)
		}
	}
	const longest = 60
	name := strings.Join(words, "-")
	name = strings.TrimRight(name[:min(len(name), longest)], "-")
	if name == "" || name[0] >= '0' && name[0] <= '9' || onWindows.MatchString(name) {
		name = strings.TrimRight("ftp-"+name, "-")
	}
	return name
}

// free is the name, with a number where it is taken.
func free(name string, taken map[string]bool) string {
	for i := 2; taken[name]; i++ {
		if next := fmt.Sprintf("%s-%d", name, i); !taken[next] {
			return next
		}
	}
	return name
}
