package state

import (
	"path"
	"strings"
)

// Neighbour is another work folder at the same root: of another configuration,
// or of this one with another work_dir. Where there is one, two applies could
// change the same sets, each under a lock of its own.
type Neighbour struct {
	WorkDir WorkDir `json:"work_dir"`
	Owner   string  `json:"owner"` // the name of the configuration
}

// ParseFormer reads what FormatFormer wrote. It takes whole lines alone: what is torn
// names nobody.
func ParseFormer(data []byte) []string {
	var names []string
	for line := range strings.Lines(string(data)) {
		name, whole := strings.CutSuffix(line, "\n")
		if name = strings.TrimSpace(name); whole && name != "" {
			names = append(names, name)
		}
	}
	return names
}

// FormatFormer writes the names of former owners, one a line.
func FormatFormer(names []string) []byte { return []byte(strings.Join(names, "\n") + "\n") }

// Former is the file that names the configurations whose sets count here besides
// those of the owner: the root was taken over from them.
func (w WorkDir) Former() string { return path.Join(string(w), "former") }
