package config

import (
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// Metrics is the file of metrics of an apply, for node_exporter.
type Metrics struct {
	Textfile string `json:"textfile"` // absolute
}

// Check reports all that is wrong, each with its attribute.
func (m Metrics) Check() []providers.Problem {
	var found problems
	if m.Textfile == "" || strings.Contains(m.Textfile, "\x00") || !strings.HasSuffix(m.Textfile, ".prom") {
		found.add("textfile", "Invalid file name", "textfile: %q does not end in .prom: node_exporter reads no other files.", m.Textfile)
	}
	return found
}
