package render

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// hooks is a sentence for each hook: what runs, and when.
func hooks(list []config.Hook) []string {
	var lines []string
	for _, h := range list {
		var on, words []string
		for _, o := range h.On {
			on = append(on, string(o))
		}
		for _, w := range h.Command {
			words = append(words, word(w))
		}
		lines = append(lines, fmt.Sprintf("%s runs %s at %s (at most %s).",
			providers.Escape(h.Name), strings.Join(words, " "), strings.Join(on, " and "), h.Timeout))
	}
	return lines
}

// word is an argument, quoted roughly as a shell needs it.
func word(s string) string {
	if s == "" {
		return `""`
	}
	return address(s)
}
