package render

import (
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// quote puts a name between quotes that it cannot end.
func quote(s string) string { return `"` + strings.ReplaceAll(providers.Escape(s), `"`, `\"`) + `"` }

// address is quoted where a shell would split it.
func address(s string) string {
	if strings.ContainsAny(s, " '\"`$&|;<>()*?![]{}#\\") {
		return quote(s)
	}
	return providers.Escape(s)
}
