package restore

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// Plan is which sets are restored, from where, and to where.
type Plan struct {
	To     string  `json:"to"`     // absolute path of the folder that the sets are restored to
	Places []Place `json:"places"` // that sets are read from, by name
	Sets   []Set   `json:"sets"`   // by VM and time
	// RequireSums refuses sets without checksums.
	RequireSums bool `json:"require_sums,omitempty"`
	// ApplyTimeVariables are sensitive variables that the places need to be opened.
	ApplyTimeVariables []string `json:"apply_time_variables,omitempty"`
	Notes              []string `json:"notes,omitempty"` // whole sentences; they may hold hostile names
}

// Place is a place that sets are read from.
type Place struct {
	Name     string          `json:"name"`
	Type     string          `json:"type"`     // of the driver
	Settings json.RawMessage `json:"settings"` // the driver's; secrets as references
	Location string          `json:"location"` // for people
	// WorkDir is vmxsync's own folder there, for the mark of the restore.
	WorkDir state.WorkDir `json:"work_dir,omitempty"`
}

// Set is one set that is restored.
type Set struct {
	state.Key
	Folder  string   `json:"folder"`  // from To: "Bart/2026-11-21-010000"
	Files   []File   `json:"files"`   // that are restored, sorted by path
	Origins []Origin `json:"origins"` // that hold the set, in the order in which they are asked
	NoSums  bool     `json:"no_sums,omitempty"`
	// Part is true where not all files of the set are restored, because the person asked
	// for some.
	Part bool `json:"part,omitempty"`
	// Missing are files that the manifest names and no place holds with their size, sorted.
	Missing []string `json:"missing,omitempty"`
}

// File is one file of a set.
type File struct {
	Path    string    `json:"path"`             // from the folder of the set
	Size    int64     `json:"size"`             // bytes
	SHA256  string    `json:"sha256,omitempty"` // hex; "" of a set without sums
	ModTime time.Time `json:"mtime,omitzero"`   // at the source of the upload; zero: not known
}

// Origin is a place that holds a set.
type Origin struct {
	Place    string           `json:"place"`
	Path     string           `json:"path"`             // of the set's folder, from the root of the place
	Manifest string           `json:"manifest"`         // its identity
	Blocks   *state.BlocksRef `json:"blocks,omitempty"` // nil: it has no block sums
	Trashed  bool             `json:"trashed,omitempty"`
	// Proven is when the last of its files was read and found as the manifest says; zero
	// where not each file was.
	Proven time.Time `json:"proven,omitzero"`
	Level  string    `json:"level,omitempty"` // how: state.ReadProof, state.ServerProof
}

// Bytes is the size of the files that are restored.
func (s Set) Bytes() (n int64) {
	for _, f := range s.Files {
		n += f.Size
	}
	return n
}

// Address is the set at the place that is asked first.
func (s Set) Address() string {
	if len(s.Origins) == 0 {
		return s.Key.String()
	}
	return state.Address(s.Origins[0].Place, s.Key)
}

// Bytes is the size of all files that are restored.
func (p *Plan) Bytes() (n int64) {
	for _, s := range p.Sets {
		n += s.Bytes()
	}
	return n
}

// At are the sets that may be read at a place.
func (p *Plan) At(place string) (sets []state.Key) {
	for _, s := range p.Sets {
		if slices.ContainsFunc(s.Origins, func(o Origin) bool { return o.Place == place }) {
			sets = append(sets, s.Key)
		}
	}
	return sets
}

// Place returns the place of that name.
func (p *Plan) Place(name string) (Place, bool) {
	for _, x := range p.Places {
		if x.Name == name {
			return x, true
		}
	}
	return Place{}, false
}
